// A grid of thumbnails of which only what is in sight is in the page: rows come and go as it is scrolled.
const NARROWEST = 150; // px of a cell
const GAP = 8;
const EDGE = 4; // px around the grid, where the mark of the focus has room
const CAPTION = 46; // px below a picture
const PAGE = 60; // runs of one answer
const GLANCE = 50; // ms between two questions while it is scrolled
const ANSWER = 4000; // ms after which it is said that the kernel does not answer

function render({ model, el }) {
  const source = pictures(model);
  const kept = fileButtons(model);
  const actions = model.get("actions");
  const base = Math.random().toString(36).slice(2);
  let number = 0;
  let look = "";
  let total = 0;
  let columns = 1;
  let width = 0;
  let height = 0;
  let measured = 0;
  let active = 0;
  let anchor = 0;
  let frame = 0;
  let glance = 0;
  let patience = 0;
  let cells = [];
  let asked = new Set();
  const chosen = new Map(); // id -> cell
  const rows = new Map(); // number -> element
  const spare = [];

  const search = filters(() => begin());
  const status = make("span", { class: "rf-status rf-grow", role: "status" });
  const grid = make("div", { role: "grid", "aria-label": "Runs, newest first", "aria-multiselectable": "true", class: "rf-gallery-grid" });
  const scroller = make("div", { class: "rf-gallery-scroll" }, grid);
  const nothing = make("p", { class: "rf-quiet", hidden: true }, "No runs.");
  const said = make("div", { role: "status" });
  const copyable = make("div", { class: "rf-column", hidden: true });
  const doing = bar(actions, (message) => send({ ...message, runs: [...chosen.keys()] }));
  const count = make("strong", {});
  const choosing = make(
    "div",
    { class: "rf-row rf-card rf-gallery-chosen", role: "group", "aria-label": "Chosen runs", hidden: true },
    count,
    doing.element,
    make("button", { class: "rf-button", type: "button", onclick: clearChosen }, "Clear choice"),
  );
  const single = lookAt(source, kept, actions, send, back);
  const all = make("div", { class: "rf-column" }, scroller, nothing, choosing);
  const head = make(
    "div",
    { class: "rf-row" },
    status,
    make("button", { class: "rf-button", type: "button", onclick: () => begin() }, "Refresh"),
    make("button", { class: "rf-button", type: "button", title: "Put a table in place of the gallery", onclick: () => send({ ask: "done" }) }, "Done"),
  );
  const root = make("div", { class: "rf rf-live rf-column rf-gallery" }, search.element, head, all, single.element, said, copyable);

  function send(message) {
    clearTimeout(patience);
    patience = setTimeout(() => say("The kernel has not answered yet. After a restart, run the cell again.", true), ANSWER);
    model.send(message);
  }

  function say(text, wrong) {
    said.className = text ? (wrong ? "rf-problem" : "rf-note") : "";
    said.textContent = text;
  }

  function begin() {
    number += 1;
    look = `${base}.${number}`;
    send({ ask: "look", look, conditions: search.values() });
  }

  // --- what the kernel tells

  function onMessage(message) {
    if (message.told === "pictures" || message.told === "file") return;
    clearTimeout(patience);
    if (said.textContent.startsWith("The kernel has not")) say("");
    if (message.told === "look" && message.look === look) begun(message);
    else if (message.told === "page" && message.look === look) {
      message.cells.forEach((cell, at) => (cells[message.start + at] = cell));
      draw();
    } else if (message.told === "stale" && message.look === look) begin();
    else if (message.told === "run" && single.current()?.run === message.run.run) single.open(message.run);
    else if (message.told === "changed") changed(message);
    else if (message.told === "said") say(message.text, message.wrong);
    else if (message.told === "text") copy(message);
  }

  function begun(message) {
    const focused = grid.contains(document.activeElement);
    total = message.total;
    cells = message.cells;
    asked = new Set([0]);
    active = anchor = 0;
    search.answered(message);
    const kept = chosen.size ? `, ${chosen.size.toLocaleString("en")} chosen` : "";
    status.textContent = (total === message.all ? plural(total, "run") : `${total.toLocaleString("en")} of ${plural(message.all, "run")}`) + kept;
    nothing.hidden = total > 0;
    scroller.hidden = total === 0;
    scroller.scrollTop = 0;
    measure(focused);
  }

  function changed(message) {
    const news = new Map(message.runs.map((run) => [run.run, run]));
    cells.forEach((cell, at) => {
      if (cell && news.has(cell.run)) cells[at] = news.get(cell.run);
    });
    for (const [run, cell] of news) if (chosen.has(run)) chosen.set(run, cell);
    const current = single.current();
    if (current && news.has(current.run)) single.open(news.get(current.run));
    search.answered({ tags: message.tags });
    say(`${message.runs.length === 1 ? `Run ${message.runs[0].short}` : plural(message.runs.length, "run")}: recorded.`);
    draw();
  }

  function copy({ label, text }) {
    const field = make("textarea", { class: "rf-input rf-gallery-text", readonly: true, rows: 4, "aria-label": label });
    field.value = text;
    const take = () => {
      field.select();
      navigator.clipboard?.writeText(text).then(() => say("Copied."), () => document.execCommand("copy"));
    };
    const before = document.activeElement;
    const close = () => {
      copyable.hidden = true;
      if (before?.isConnected) before.focus();
    };
    copyable.onkeydown = ({ key }) => key === "Escape" && close();
    copyable.replaceChildren(
      make("span", { class: "rf-label" }, `${label}: paste it into a new cell.`),
      field,
      make("div", { class: "rf-row" }, make("button", { class: "rf-button", type: "button", onclick: take }, "Copy"), make("button", { class: "rf-button", type: "button", onclick: close }, "Close")),
    );
    copyable.hidden = false;
    field.focus();
  }

  // --- what is in sight

  function measure(focused = grid.contains(document.activeElement)) {
    const room = scroller.clientWidth - 2 * EDGE;
    if (room <= 0) return;
    measured = room;
    columns = Math.max(1, Math.floor((room + GAP) / (NARROWEST + GAP)));
    width = Math.floor((room - GAP * (columns - 1)) / columns);
    height = width + CAPTION + GAP;
    const count = Math.ceil(total / columns);
    grid.style.height = `${count * height}px`;
    scroller.style.height = `${count * height + 2 * EDGE}px`; // few runs leave no empty room; many are bounded by the sheet
    grid.style.setProperty("--rf-cell", `${width}px`);
    grid.setAttribute("aria-rowcount", count);
    grid.setAttribute("aria-colcount", columns);
    for (const row of [...rows.keys()]) drop(row);
    draw();
    if (focused) focusActive();
  }

  function inSight() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / height) - 1);
    const last = Math.min(Math.ceil(total / columns) - 1, Math.ceil((scroller.scrollTop + scroller.clientHeight) / height));
    return [first, last];
  }

  function draw() {
    frame = 0;
    if (!height) return;
    const [first, last] = inSight();
    const home = Math.floor(active / columns); // stays, so that the focus has a place
    for (const row of rows.keys()) if ((row < first || row > last) && row !== home) drop(row);
    for (let row = first; row <= last; row += 1) put(row);
    if (total) put(home);
    if (!glance) glance = setTimeout(askPages, asked.size > 1 ? GLANCE : 0);
  }

  function put(number) {
    let row = rows.get(number);
    if (!row) {
      row = spare.pop() || make("div", { role: "row", class: "rf-gallery-row" });
      row.style.transform = `translateY(${number * height}px)`;
      row.setAttribute("aria-rowindex", number + 1);
      const count = Math.min(columns, total - number * columns);
      while (row.children.length > count) row.lastChild.remove();
      while (row.children.length < count) row.append(blank(row.children.length));
      rows.set(number, row);
      grid.append(row);
    }
    [...row.children].forEach((element, at) => fill(element, number * columns + at));
  }

  function drop(number) {
    const row = rows.get(number);
    rows.delete(number);
    row.remove();
    for (const element of row.children) {
      source.release(element.parts.box);
      element.told = undefined;
    }
    if (spare.length < 12) spare.push(row);
  }

  function blank(column) {
    const box = make("div", { class: "rf-gallery-box" });
    const mark = make("span", { class: "rf-gallery-mark", "aria-hidden": "true" }, "✓");
    const words = make("span", { class: "rf-gallery-words", dir: "auto" });
    const rated = make("span", { class: "rf-stars" });
    const rest = make("span", { class: "rf-quiet rf-gallery-rest" });
    const element = make("div", { role: "gridcell", "aria-colindex": column + 1, class: "rf-gallery-cell" }, box, mark, words, make("span", { class: "rf-gallery-line" }, rated, rest));
    element.parts = { box, words, rated, rest };
    return element;
  }

  function fill(element, index) {
    const cell = cells[index];
    element.dataset.index = index;
    element.tabIndex = index === active ? 0 : -1;
    element.setAttribute("aria-selected", String(Boolean(cell && chosen.has(cell.run))));
    if (cell && element.told === cell) return;
    const { box, words, rated, rest } = element.parts;
    element.told = cell;
    if (!cell) {
      source.release(box);
      box.replaceChildren();
      delete box.dataset.state;
      for (const part of [words, rated, rest]) part.textContent = "";
      element.setAttribute("aria-label", `Run ${index + 1}`);
      return;
    }
    source.show(box, { hash: cell.hash, alt: cell.alt, absent: cell.absent }, width, true);
    box.classList.toggle("rf-flagged", Boolean(cell.flagged));
    words.textContent = cell.prompt || cell.absent || "";
    words.title = cell.prompt || "";
    rated.textContent = "★".repeat(cell.stars || 0);
    rest.textContent = [cell.pictures > 1 ? `${cell.pictures} ×` : "", cell.cost, ...(cell.tags || [])].filter(Boolean).join(" · ");
    const facts = [cell.alt, cell.stars ? plural(cell.stars, "star") : "", cell.cost, cell.when, ...(cell.tags || []), cell.hash ? "" : cell.absent];
    element.setAttribute("aria-label", facts.filter(Boolean).join(", "));
  }

  function askPages() {
    glance = 0;
    const [first, last] = inSight();
    for (let page = Math.floor((first * columns) / PAGE); page <= Math.floor(((last + 1) * columns - 1) / PAGE); page += 1) {
      if (page * PAGE >= total || asked.has(page)) continue;
      asked.add(page);
      send({ ask: "page", look, start: page * PAGE, count: PAGE });
    }
  }

  // --- what a person does

  function move(to, extend) {
    const before = active;
    active = Math.max(0, Math.min(total - 1, to));
    if (extend) for (let at = Math.min(anchor, active); at <= Math.max(anchor, active); at += 1) choose(at, true);
    else anchor = active;
    const top = Math.floor(active / columns) * height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + height > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + height - scroller.clientHeight;
    draw();
    if (before !== active || extend) focusActive();
  }

  function focusActive() {
    const row = rows.get(Math.floor(active / columns));
    row?.children[active % columns]?.focus({ preventScroll: true });
  }

  function choose(index, on) {
    const cell = cells[index];
    if (!cell?.short) return;
    if (on ?? !chosen.has(cell.run)) chosen.set(cell.run, cell);
    else chosen.delete(cell.run);
    tellChosen();
  }

  function clearChosen() {
    chosen.clear();
    tellChosen();
    draw();
    focusActive();
  }

  function tellChosen() {
    choosing.hidden = !chosen.size;
    count.textContent = `${plural(chosen.size, "run")} chosen`;
    doing.update([...chosen.values()]);
  }

  function open(index) {
    const cell = cells[index];
    if (!cell?.short) return;
    all.hidden = search.element.hidden = head.hidden = true;
    say("");
    single.open(cell);
    send({ ask: "run", run: cell.run });
  }

  function back() {
    single.shut();
    all.hidden = search.element.hidden = head.hidden = false;
    draw();
    focusActive();
  }

  function onKey(event) {
    if (event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(scroller.clientHeight / height)) * columns;
    const rtl = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const steps = { ArrowRight: rtl, ArrowLeft: -rtl, ArrowDown: columns, ArrowUp: -columns, PageDown: page, PageUp: -page };
    if (event.key in steps) {
      const to = active + steps[event.key];
      // A step up or down stays in its column; where there is no row, nothing moves.
      if (Math.abs(steps[event.key]) === columns && (to < 0 || to >= total)) move(active, false);
      else move(to, event.shiftKey);
    } else if (event.key === "Home") move(0, false);
    else if (event.key === "End") move(total - 1, false);
    else if (event.key === "Enter") open(active);
    else if (event.key === " ") {
      choose(active);
      draw();
    } else if (/^[0-5]$/.test(event.key) && !event.ctrlKey) {
      if (cells[active]?.short) send({ ask: "rate", runs: [cells[active].run], stars: Number(event.key) });
    } else return;
    event.preventDefault();
  }

  function onClick(event) {
    const element = event.target.closest("[role=gridcell]");
    if (!element) return;
    const index = Number(element.dataset.index);
    active = index;
    if (event.shiftKey) move(index, true);
    else {
      anchor = index;
      if (event.ctrlKey || event.metaKey || event.target.closest(".rf-gallery-mark")) choose(index);
      else open(index);
      draw();
      if (single.element.hidden) focusActive();
    }
  }

  const onScroll = () => (frame = frame || requestAnimationFrame(draw));
  const onSize = new ResizeObserver(() => {
    if (scroller.clientWidth - 2 * EDGE !== measured) measure();
  });
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("click", onClick);
  scroller.addEventListener("scroll", onScroll, { passive: true });
  ownKeys(root);
  const forget = whenLost(model, el, () => say(LOST, true));
  model.on("msg:custom", onMessage);
  el.append(root);
  onSize.observe(scroller);
  begin();

  return () => {
    model.off("msg:custom", onMessage);
    forget();
    search.stop();
    for (const timer of [patience, glance]) clearTimeout(timer);
    cancelAnimationFrame(frame);
    onSize.disconnect();
    source.close();
    kept.close();
  };
}

export default { render };
