// A studio below its form: the buttons with their prices, the cards of its runs, and what can be made from one of them.
// The kernel tells words, and by which hash a picture may be asked for; the page tells what was pressed and read on it.
const SIDE = 200;
const SAID = 6; // announcements that are kept for a screen reader to go back to

function element(tag, className, parent, given = {}) {
  const made = Object.assign(document.createElement(tag), { className }, given);
  parent?.append(made);
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
  node.hidden = !text;
}

let remarks = 0;
const UNHEARD = 4000; // ms after which it is said that the kernel does not answer
const SILENT = "The kernel does not answer. It is busy, or it was restarted: then run the cell again, and what was bought is shown.";

// Buttons by name; each has a line for the reason why it cannot be pressed.
function keyboard(model, el, silent) {
  const keys = new Map();
  let waiting = 0;
  let lost = false;

  function heard(message) {
    if (message.told !== "heard") return;
    clearTimeout(waiting);
    write(silent, "");
  }

  function key(name, row, reasons, className = "") {
    const button = element("button", `rf-button ${className}`, row, { type: "button", hidden: true });
    const remark = element("div", "rf-note", reasons, { id: `rf-remark-${(remarks += 1)}`, hidden: true });
    button.setAttribute("aria-describedby", remark.id);
    const reason = element("div", "rf-problem", reasons);
    reason.setAttribute("role", "status");
    reason.style.whiteSpace = "pre-line";
    button.addEventListener("click", () => {
      const number = Number(button.dataset.number);
      model.send({ ask: "press", name, seen: button.textContent, number, at: Date.now() / 1000 });
      clearTimeout(waiting);
      waiting = setTimeout(() => write(silent, SILENT), UNHEARD);
    });
    keys.set(name, { button, reason, remark });
  }

  function draw() {
    const told = model.get("buttons");
    for (const [name, { button, reason, remark }] of keys) {
      const now = told[name] || { label: "", enabled: false, reason: "", number: 0 };
      write(button, now.label);
      button.dataset.number = now.number;
      button.disabled = lost || !now.enabled;
      write(reason, now.reason);
      write(remark, now.remark || "");
    }
  }

  const forget = whenLost(model, el, () => {
    lost = true;
    clearTimeout(waiting);
    write(silent, LOST);
    draw();
  });

  function close() {
    clearTimeout(waiting);
    forget();
    model.off("msg:custom", heard);
  }

  model.on("msg:custom", heard);
  return { key, draw, close };
}

function cardsOf(model, parent) {
  const small = pictures(model);
  const kept = fileButtons(model);
  const cards = new Map(); // key -> its elements
  const list = element("div", "rf-grid", parent);
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", "Runs of this studio");

  function begun(key) {
    const box = element("div", "rf-card rf-column");
    box.setAttribute("role", "listitem");
    const card = {
      box,
      picture: element("div", "rf-thumbnail", box),
      prompt: element("div", "", box, { dir: "auto" }),
      line: element("div", "rf-status", box),
      facts: element("div", "rf-quiet", box),
      advice: element("div", "rf-quiet", box),
      files: element("div", "rf-column", box, { hidden: true }),
      choose: element("button", "rf-button rf-choice", box, { type: "button", textContent: "Go on from it" }),
    };
    card.advice.style.whiteSpace = "pre-line";
    card.choose.addEventListener("click", () => {
      const chosen = card.choose.getAttribute("aria-pressed") === "true";
      model.send({ ask: "choose", run: chosen ? "" : box.dataset.run });
    });
    cards.set(key, card);
    return card;
  }

  function draw() {
    const told = model.get("cards");
    const keys = new Set(told.map(({ key }) => key));
    for (const [key, card] of cards) {
      if (keys.has(key)) continue;
      small.release(card.picture);
      card.box.remove();
      cards.delete(key);
    }
    told.forEach((now, place) => {
      const card = cards.get(now.key) || begun(now.key);
      if (list.children[place] !== card.box) list.insertBefore(card.box, list.children[place] || null);
      const done = now.state === "done";
      card.box.dataset.state = now.state;
      card.box.dataset.run = now.run || "";
      card.picture.hidden = !done;
      if (done) small.show(card.picture, { hash: now.hash, alt: now.alt, absent: now.absent, fit: "rf-thumbnail" }, SIDE);
      write(card.prompt, now.prompt);
      write(card.line, now.line);
      card.line.className = now.state === "failed" ? "rf-problem" : "rf-status";
      write(card.facts, now.facts || "");
      kept.fill(card.files, now.files || [], now.alt);
      write(card.advice, (now.advice || []).join("\n"));
      card.choose.hidden = !done;
      card.choose.setAttribute("aria-label", `Go on from it: ${now.prompt}`);
    });
    list.hidden = !told.length;
    mark();
  }

  function mark() {
    for (const { box, choose } of cards.values()) {
      const chosen = Boolean(box.dataset.run) && box.dataset.run === model.get("menu").run;
      box.classList.toggle("rf-selected", chosen);
      choose.setAttribute("aria-pressed", String(chosen));
    }
  }

  const focus = (run) => [...cards.values()].find(({ box }) => box.dataset.run === run)?.choose.focus();

  function close() {
    small.close();
    kept.close();
  }

  return { draw, mark, focus, close };
}

// `back(run)`: where the focus goes when the menu of this run is closed.
function menuOf(model, parent, key, back) {
  const box = element("section", "rf-card rf-column", parent, { hidden: true });
  box.setAttribute("aria-label", "Go on from this picture");
  const head = element("div", "rf-row rf-apart", box);
  const title = element("div", "rf-title rf-grow", head, { tabIndex: -1, dir: "auto" });
  const shut = element("button", "rf-button", head, { type: "button", textContent: "Close" });
  const leave = () => {
    back(run);
    model.send({ ask: "choose", run: "" });
  };
  shut.addEventListener("click", leave);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  });
  const first = element("div", "rf-row", box);
  const lists = new Map();
  for (const [name, label] of [["changes", "Same seed, but"], ["steps", "Step through"]]) {
    const row = element("div", "rf-row", box);
    const words = element("label", "rf-row", row);
    element("span", "rf-label", words, { textContent: label });
    const select = element("select", "rf-input", words);
    select.addEventListener("change", () => model.send({ ask: "pick", name, number: select.selectedIndex }));
    lists.set(name, { row, select, texts: "" });
  }
  const reasons = element("div", "rf-column", box);
  key("seeds", first, reasons);
  key("edit", first, reasons);
  key("open", first, reasons);
  key("cell", first, reasons);
  for (const [name, { row }] of lists) key(name, row, reasons);
  const cell = element("div", "rf-column", box, { hidden: true });
  const words = element("label", "rf-column", cell);
  element("span", "rf-label", words, { textContent: "The cell that shows it for nothing, to be copied" });
  const text = element("textarea", "rf-input", words, { readOnly: true, rows: 4 });
  text.style.fontFamily = "var(--jp-code-font-family, monospace)";
  const row = element("div", "rf-row", cell);
  const copy = element("button", "rf-button", row, { type: "button", textContent: "Copy" });
  const copied = element("span", "rf-status", row);
  copied.setAttribute("role", "status");
  copy.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      copied.textContent = "Copied";
    } catch {
      copied.textContent = "Selected: copy it with the keyboard";
    }
  });
  let run = "";

  function draw() {
    const told = model.get("menu");
    box.hidden = !told.run;
    write(title, told.title || "");
    for (const [name, list] of lists) {
      const { row, select } = list;
      const texts = told[name] || [];
      row.hidden = !texts.length;
      if (list.texts !== texts.join("\n")) {
        list.texts = texts.join("\n");
        select.replaceChildren(...texts.map((textContent) => element("option", "", null, { textContent })));
      }
      select.selectedIndex = (told.picked || {})[name] || 0;
    }
    cell.hidden = !told.cell;
    if (text.value !== (told.cell || "")) {
      text.value = told.cell || "";
      copied.textContent = "";
    }
    if (told.run && told.run !== run) title.focus({ preventScroll: false });
    run = told.run || "";
  }

  run = model.get("menu").run || ""; // a page that is opened takes the focus from nobody
  return { draw };
}

export default {
  render({ model, el }) {
    el.classList.add("rf", "rf-column", "rf-board");
    ownKeys(el);
    const row = element("div", "rf-row", el);
    const reasons = element("div", "rf-column", el);
    const silent = element("div", "rf-problem", reasons, { hidden: true });
    silent.setAttribute("role", "alert");
    const { key, draw: drawKeys, close: closeKeys } = keyboard(model, el, silent);
    const remark = element("div", "rf-note", reasons);
    key("make", row, reasons, "rf-primary");
    key("more", row, reasons);
    key("done", row, reasons);
    const cards = cardsOf(model, el);
    const menu = menuOf(model, el, key, cards.focus);
    const voice = element("div", "rf-hidden", el);
    voice.setAttribute("role", "log");
    voice.setAttribute("aria-label", "What became of the runs");
    // Each in an element of its own: the same words twice are two announcements.
    const say = (message) => {
      if (message.told !== "said") return;
      element("div", "", voice, { textContent: message.text });
      while (voice.children.length > SAID) voice.firstChild.remove();
    };
    model.on("msg:custom", say);
    const drawn = {
      buttons: drawKeys,
      cards: cards.draw,
      remark: () => write(remark, model.get("remark")),
      menu: () => {
        menu.draw();
        cards.mark();
      },
    };
    for (const [name, draw] of Object.entries(drawn)) {
      model.on(`change:${name}`, draw);
      draw();
    }
    return () => {
      for (const [name, draw] of Object.entries(drawn)) model.off(`change:${name}`, draw);
      model.off("msg:custom", say);
      closeKeys();
      cards.close();
    };
  },
};
