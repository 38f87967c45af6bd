// Pictures by hash and size: asked for when they come into sight, kept as blob URLs, revoked when they are gone.
const SETTLED = 40; // ms that a picture is in sight before it is asked for: who scrolls past needs none
const PER_MESSAGE = 24;
const KEPT = 240; // pictures out of sight that are kept for the way back
const PATIENCE = 4000; // ms after which it is said that the kernel does not answer
const ABSENT = { gone: "Not in this store", unknown: "Unknown picture", waiting: "Waiting for the kernel" };

export function pictures(model) {
  const known = new Map(); // "hash@size" -> {hash, size, state, url, boxes}, the least recently shown first
  const keys = new WeakMap();
  const told = new WeakMap();
  const wanted = new Set();
  let settling = 0;
  const waiting = new Set();

  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const key = keys.get(target);
      if (!key) continue;
      if (isIntersecting) wanted.add(key);
      else wanted.delete(key);
    }
    settleSoon();
  });

  function settleSoon() {
    if (wanted.size && !settling) settling = setTimeout(ask, SETTLED);
  }

  function ask() {
    settling = 0;
    const due = [...wanted].map((key) => known.get(key)).filter((entry) => entry?.boxes.size && entry.state === "new");
    wanted.clear();
    for (let start = 0; start < due.length; start += PER_MESSAGE) {
      const some = due.slice(start, start + PER_MESSAGE);
      for (const entry of some) entry.state = "asked";
      model.send({ ask: "pictures", wanted: some.map(({ hash, size }) => [hash, size]) });
      const timer = setTimeout(() => {
        waiting.delete(timer);
        for (const entry of some) if (entry.state === "asked") settle(entry, "waiting");
      }, PATIENCE);
      waiting.add(timer);
    }
  }

  function settle(entry, state) {
    entry.state = state;
    for (const box of entry.boxes) draw(box, entry);
  }

  function onMessage(message, buffers) {
    if (message.told !== "pictures") return;
    for (const picture of message.pictures) {
      const entry = known.get(`${picture.hash}@${picture.size}`);
      if (!entry || entry.state === "here") continue;
      if (picture.state === "here") {
        entry.url = URL.createObjectURL(new Blob([buffers[picture.buffer]], { type: picture.mime }));
      }
      settle(entry, picture.state);
    }
    forgetSome();
  }

  function draw(box, entry) {
    const { alt, fit } = told.get(box);
    box.dataset.state = entry.state;
    if (entry.state === "here") {
      const image = document.createElement("img");
      image.src = entry.url;
      image.alt = alt;
      image.draggable = false;
      image.className = fit || "rf-picture";
      box.replaceChildren(image);
    } else {
      box.replaceChildren(note(ABSENT[entry.state] || "", alt));
    }
  }

  function note(text, alt) {
    const words = document.createElement("span");
    words.className = "rf-absent rf-quiet";
    words.setAttribute("role", "img");
    words.setAttribute("aria-label", text ? `${alt} (${text})` : alt);
    words.textContent = text;
    return words;
  }

  function forgetSome() {
    let spare = known.size - KEPT;
    for (const [key, entry] of known) {
      if (spare <= 0) break;
      if (entry.boxes.size) continue;
      if (entry.url) URL.revokeObjectURL(entry.url);
      known.delete(key);
      spare -= 1;
    }
  }

  // Show this picture in this element: {hash, alt, absent (what to say where there is no hash), fit (class of the img)}.
  // `seen`: whoever calls knows that it is in sight. Chromium loses sight of elements that are moved while they scroll.
  function show(box, picture, size, seen = false) {
    const pixels = Math.min(2048, Math.ceil((size * Math.min(devicePixelRatio || 1, 2)) / 64) * 64);
    const key = picture.hash ? `${picture.hash}@${pixels}` : "";
    if (keys.get(box) === key && told.get(box)?.absent === picture.absent) return;
    release(box);
    told.set(box, picture);
    if (!key) {
      box.dataset.state = "none";
      box.replaceChildren(note(picture.absent || "No picture", picture.alt));
      return;
    }
    keys.set(box, key);
    const entry = known.get(key) || { hash: picture.hash, size: pixels, state: "new", url: "", boxes: new Set() };
    known.delete(key);
    known.set(key, entry); // the most recently shown comes last
    if (entry.state === "waiting") entry.state = "new";
    entry.boxes.add(box);
    draw(box, entry);
    if (entry.state !== "new") return;
    if (seen) wanted.add(key);
    else sight.observe(box);
    settleSoon();
  }

  // This element shows nothing any more.
  function release(box) {
    sight.unobserve(box);
    const entry = known.get(keys.get(box));
    keys.delete(box);
    entry?.boxes.delete(box);
    if (entry?.state === "asked" || entry?.boxes.size) return;
    if (entry?.state !== "here") known.delete(`${entry?.hash}@${entry?.size}`);
  }

  function close() {
    model.off("msg:custom", onMessage);
    sight.disconnect();
    clearTimeout(settling);
    for (const timer of waiting) clearTimeout(timer);
    for (const entry of known.values()) if (entry.url) URL.revokeObjectURL(entry.url);
    known.clear();
  }

  model.on("msg:custom", onMessage);
  return { show, release, close };
}
