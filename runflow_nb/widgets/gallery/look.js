// One run that is looked at: its pictures large, all that is known of it, and what can be done with it.
const LARGE = 768;

function lookAt(source, kept, actions, send, close) {
  let run = null;
  const title = make("h3", { class: "rf-title", tabindex: -1 });
  const shown = make("div", { class: "rf-gallery-large" });
  const files = make("div", { class: "rf-column", hidden: true });
  const facts = make("dl", { class: "rf-gallery-facts" });
  const doing = bar(actions, (message) => run && send({ ...message, runs: [run.run] }));
  const back = make("button", { class: "rf-button", type: "button", onclick: close }, "Back to all");
  const element = make(
    "section",
    {
      class: "rf-column",
      "aria-label": "One run",
      hidden: true,
      onkeydown: (event) => {
        if (event.key === "Escape") close();
      },
    },
    make("div", { class: "rf-row" }, back, title),
    doing.element,
    make("div", { class: "rf-side" }, make("div", { class: "rf-column" }, shown, files), facts),
  );

  // First what the grid knows, then what the kernel adds.
  function open(told) {
    const before = run?.run;
    run = told;
    title.textContent = `Run ${told.short || ""}`;
    doing.update([told]);
    const pictures = told.shows || [{ hash: told.hash, alt: told.alt }];
    const none = [{ hash: null, alt: told.alt }];
    if (told.shows || before !== told.run) {
      clear();
      for (const picture of pictures.length ? pictures : none) {
        const box = make("div", { class: "rf-gallery-box" });
        shown.append(box);
        source.show(box, { ...picture, absent: told.absent }, LARGE);
      }
      if (told.flagged) shown.append(make("p", { class: "rf-note" }, "Flagged as not safe for work: blurred here."));
    }
    kept.fill(files, told.files || [], told.alt);
    facts.replaceChildren(
      ...(told.facts || []).map(([label, text]) =>
        make("div", {}, make("dt", { class: "rf-quiet" }, label), make("dd", { dir: "auto" }, text)),
      ),
    );
    if (element.hidden) {
      element.hidden = false;
      title.focus();
    }
  }

  function clear() {
    for (const box of shown.children) source.release(box);
    shown.replaceChildren();
  }

  function shut() {
    element.hidden = true;
    run = null;
    clear();
  }

  return { element, open, shut, current: () => run };
}
