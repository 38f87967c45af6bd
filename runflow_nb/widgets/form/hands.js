// Files into the form, in pieces; and each control tied to its label, its description and its problem.
const PIECE = 4 * 1024 * 1024; // bytes; servers cut the connection at a message of 10 MiB
let count = 0;

const SIDE = 64; // pixels of a small picture

function render({ model, el }) {
  const shown = pictures(model);
  const ends = [shelf(model, shown, el)];
  const zone = document.createElement("label");
  zone.className = "rf-drop rf-row";
  const words = document.createElement("span");
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  zone.append(words, input);
  const call = () => {
    input.multiple = model.get("several");
    words.textContent = `${model.get("label")}: drop ${input.multiple ? "them anywhere on the form, or choose files" : "it anywhere on the form, or choose a file"}`;
  };
  call();
  for (const name of ["change:label", "change:several"]) {
    model.on(name, call);
    ends.push(() => model.off(name, call));
  }
  el.querySelector(".rf-strip").after(zone);
  const say = document.createElement("div");
  say.className = "rf-status";
  say.setAttribute("role", "status");
  el.append(say);

  async function sendAll(files) {
    for (const file of files) {
      if (file.size > model.get("largest")) {
        model.send({ large: file.name, size: file.size });
        continue;
      }
      const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      model.send({ file: key, name: file.name, size: file.size });
      for (let at = 0; at < file.size; at += PIECE) {
        if (file.size > PIECE) say.textContent = `Reading ${file.name}: ${Math.round((100 * at) / file.size)} %`;
        const piece = await file.slice(at, at + PIECE).arrayBuffer();
        model.send({ piece: key, at }, undefined, [piece]);
      }
      say.textContent = "";
    }
  }

  const read = (files) =>
    sendAll([...files]).catch(() => {
      say.textContent = "The file could not be read: choose it again";
    });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // so that the same file can be chosen again
    read(files);
  });

  let frame = 0;
  ends.push(() => cancelAnimationFrame(frame));
  // It is put into the form only after it is drawn.
  const settle = () => {
    const form = el.closest(".rf-form");
    if (form) attach(form);
    else frame = requestAnimationFrame(settle);
  };
  settle();

  function attach(form) {
    ownKeys(form);
    const listen = (kind, handle) => {
      form.addEventListener(kind, handle);
      ends.push(() => form.removeEventListener(kind, handle));
    };
    // A text that is dragged into the prompt stays the page's own matter.
    const ours = ({ dataTransfer: { types }, target }) =>
      types.includes("Files") || (types.includes("text/uri-list") && !target.matches?.("textarea, input"));
    listen("dragover", (event) => {
      if (!ours(event)) return;
      event.preventDefault();
      event.stopPropagation();
      form.classList.add("rf-over-form");
    });
    listen("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("rf-over-form");
    });
    listen("drop", (event) => {
      if (!ours(event)) return;
      event.preventDefault();
      event.stopPropagation();
      form.classList.remove("rf-over-form");
      if (event.dataTransfer.files.length) return read(event.dataTransfer.files);
      const url = event.dataTransfer.getData("text/uri-list").split("\n")[0].trim();
      if (/^https?:/i.test(url)) model.send({ address: url });
    });
    const again = () => tie(form, model.get("words"));
    const watch = new MutationObserver(again);
    watch.observe(form, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
    model.on("change:words", again);
    ends.push(() => watch.disconnect(), () => model.off("change:words", again));
    again();
  }

  return () => {
    ends.forEach((end) => end());
    shown.close();
  };
}

// Small pictures: those that were added, which the list beside names, and those of this notebook that may be.
function shelf(model, shown, el) {
  const strip = document.createElement("div");
  strip.className = "rf-row rf-strip";
  strip.setAttribute("aria-hidden", "true");
  const fold = document.createElement("details");
  fold.className = "rf-fold";
  const title = document.createElement("summary");
  title.textContent = "Add from this notebook";
  const row = document.createElement("div");
  row.className = "rf-row rf-strip";
  row.setAttribute("role", "toolbar");
  row.setAttribute("aria-label", "Pictures of this notebook");
  fold.append(title, row);
  el.append(strip, fold);

  function fill(parent, entries, make) {
    for (const box of parent.querySelectorAll(".rf-small")) shown.release(box);
    parent.replaceChildren(...entries.map(make));
  }

  function small(hash, alt, absent) {
    const box = document.createElement("div");
    box.className = "rf-small";
    shown.show(box, { hash, alt, absent, fit: "rf-thumbnail" }, SIDE);
    return box;
  }

  const drawChosen = () => {
    const chosen = model.get("chosen");
    strip.hidden = !chosen.some(([hash]) => hash);
    fill(strip, chosen, ([hash, name], number) => {
      const figure = document.createElement("div");
      figure.title = name;
      figure.append(small(hash, name, "not shown"), `${number}`);
      return figure;
    });
  };
  const drawShelf = () => {
    const offered = model.get("shelf");
    const had = [...row.children].findIndex((one) => one.tabIndex === 0);
    fold.hidden = !offered.length;
    fill(row, offered, ([hash, label], number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "rf-choice rf-pick";
      button.title = label;
      button.setAttribute("aria-label", `Add ${label}`);
      button.tabIndex = number === Math.max(had, 0) ? 0 : -1;
      button.append(small(hash, "", ""));
      button.addEventListener("click", () => model.send({ add: hash }));
      return button;
    });
  };
  // One stop of Tab; the arrows go on from there.
  row.addEventListener("keydown", (event) => {
    const all = [...row.children];
    const here = all.indexOf(document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (here < 0 || !all[to]) return;
    event.preventDefault();
    all[here].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus();
  });
  model.on("change:chosen", drawChosen);
  model.on("change:shelf", drawShelf);
  drawChosen();
  drawShelf();
  return () => {
    model.off("change:chosen", drawChosen);
    model.off("change:shelf", drawShelf);
  };
}

const named = (element) => (element.id ||= `rf-tied-${(count += 1)}`);

function set(element, name, value) {
  if ((element.getAttribute(name) ?? "") === value) return;
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

function line(field, kind, text) {
  let found = field.querySelector(`:scope > .${kind}`);
  if (!found) {
    found = document.createElement("div");
    found.className = kind;
    if (kind !== "rf-help") found.setAttribute("role", "status");
    field.append(found);
  }
  if (found.textContent !== text) found.textContent = text;
  return text ? [found] : [];
}

// Put the words below each control, and tie label, words and control together. Nothing is done twice.
function tie(form, words) {
  for (const [name, [help, problem, remark = ""]] of Object.entries(words)) {
    for (const field of form.querySelectorAll(`.rf-f-${CSS.escape(name)}`)) {
      const texts = { "rf-help": help, "rf-problem": problem, "rf-note": remark };
      const said = Object.entries(texts).flatMap(([kind, text]) => line(field, kind, text)).map(named).join(" ");
      for (const box of field.querySelectorAll(".widget-radio-box")) {
        set(box, "role", "radiogroup");
        set(box, "aria-labelledby", named(field.querySelector(".widget-label")));
        // One stop of Tab: ipywidgets leaves each of them on its own.
        for (const radio of box.querySelectorAll("input")) set(radio, "name", named(box));
      }
      // What is typed there does nothing in a slider of few stops.
      for (const readout of field.querySelectorAll(".widget-readout")) set(readout, "contenteditable", "false");
      for (const handle of field.querySelectorAll(".noUi-handle, .ui-slider-handle")) {
        set(handle, "role", "slider");
        set(handle, "aria-labelledby", named(field.querySelector(".widget-label")));
        set(handle, "aria-valuetext", field.querySelector(".widget-readout").textContent);
      }
      const inputs = "textarea, select, input:not([type=radio]), .widget-radio-box, .noUi-handle, .ui-slider-handle";
      for (const one of field.querySelectorAll(inputs)) {
        set(one, "aria-describedby", said);
        if (one.matches("textarea, input[type=text]")) set(one, "aria-invalid", problem ? "true" : "");
      }
    }
  }
  for (const fold of form.querySelectorAll(".rf-fold-button")) {
    set(fold, "aria-expanded", String(fold.classList.contains("mod-active")));
  }
}

export default { render };
