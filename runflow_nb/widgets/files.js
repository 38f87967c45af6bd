// Files that are no pictures: a button for each, which fetches it in pieces and hands it to the browser to be kept.
function fileButtons(model) {
  const fetching = new Map(); // hash -> {name, pieces, size, say}

  function onMessage({ told, hash, at, size }, buffers) {
    const file = told === "file" && fetching.get(hash);
    if (!file || at !== file.size) return;
    if (!buffers.length || !buffers[0].byteLength) {
      fetching.delete(hash);
      return file.say("Not in this store");
    }
    file.pieces.push(buffers[0]);
    file.size += buffers[0].byteLength;
    if (file.size < size) {
      file.say(`Fetching: ${Math.round((100 * file.size) / size)} %`);
      return model.send({ ask: "file", hash, at: file.size });
    }
    fetching.delete(hash);
    file.say("Handed to the browser");
    // Whatever storage called it: it is never run as a page.
    const url = URL.createObjectURL(new Blob(file.pieces, { type: "application/octet-stream" }));
    const link = document.createElement("a");
    Object.assign(link, { href: url, download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  // `alt`: what the run was asked for.
  function fill(box, files, alt) {
    if (box.rfFiles === JSON.stringify(files)) return;
    box.rfFiles = JSON.stringify(files);
    box.replaceChildren(
      ...files.map(({ hash, words, name }) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "rf-button rf-file";
        button.textContent = `Save ${words}`;
        button.setAttribute("aria-label", `Save ${words}: ${alt}`);
        const status = document.createElement("span");
        status.className = "rf-status";
        status.setAttribute("role", "status");
        button.addEventListener("click", () => {
          if (fetching.has(hash)) return;
          const say = (text) => (status.textContent = text);
          fetching.set(hash, { name, pieces: [], size: 0, say });
          say("Fetching");
          model.send({ ask: "file", hash, at: 0 });
        });
        const row = document.createElement("div");
        row.className = "rf-row";
        row.append(button, status);
        return row;
      }),
    );
    box.hidden = !files.length;
  }

  model.on("msg:custom", onMessage);
  return { fill, close: () => model.off("msg:custom", onMessage) };
}
