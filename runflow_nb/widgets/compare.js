// Two pictures, one over the other, and a slider that says how much of the upper one is seen; or side by side.
const SHOWN = 768; // pixels that a picture is asked for at where the page does not tell its width yet

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const shown = pictures(model);
  const runs = model.get("runs");
  const names = runs.map(({ name }) => name);
  const boxes = [element("div", "rf-over"), element("div", "")];
  const edge = element("div", "rf-edge");
  const frame = element("div", "rf-compare", boxes[1], boxes[0], edge);
  const range = element("input", "rf-range");
  Object.assign(range, { type: "range", min: 0, max: 100, value: 50 });
  range.setAttribute("aria-label", `How much of ${names[0]} is shown over ${names[1]}`);
  const captions = names.map((name) => element("span", "rf-label", name));
  const slider = element("div", "rf-column rf-framed", frame, range, element("div", "rf-row rf-apart", ...captions));
  slider.style.setProperty("--rf-ratio", model.get("ratio"));

  const halves = [element("div", ""), element("div", "")];
  const figures = halves.map((half, at) =>
    element("figure", "rf-figure", half, element("figcaption", "rf-label", names[at])),
  );
  const side = element("div", "rf-side", ...figures);

  const ways = [
    ["Slider", slider],
    ["Side by side", side],
  ].map(([words, shows]) => {
    const button = element("button", "rf-choice", words);
    button.type = "button";
    button.addEventListener("click", () => choose(button));
    return { button, shows };
  });
  const group = element("div", "rf-row", ...ways.map(({ button }) => button));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "How to compare");

  const kept = fileButtons(model);
  const files = element("div", "rf-row");
  for (const run of runs) {
    const column = element("div", "rf-column");
    kept.fill(column, run.files || [], `${run.name}, ${run.alt}`);
    files.append(column);
  }
  files.hidden = !runs.some((run) => run.files?.length);

  const differences = element("div", "rf-scroll");
  differences.innerHTML = model.get("differences"); // escaped where it is made
  differences.tabIndex = 0;
  differences.setAttribute("role", "region");
  differences.setAttribute("aria-label", "What differs");

  function choose(chosen) {
    for (const { button, shows } of ways) {
      button.setAttribute("aria-pressed", button === chosen);
      shows.hidden = button !== chosen;
    }
    draw();
  }

  function draw() {
    const apart = slider.hidden;
    const [seen, unseen] = apart ? [halves, boxes] : [boxes, halves];
    const size = seen[0].clientWidth || SHOWN;
    unseen.forEach((box) => shown.release(box));
    seen.forEach((box, at) => shown.show(box, runs[at], size));
  }

  function move() {
    slider.style.setProperty("--rf-at", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} % of ${names[0]}`);
  }

  function point(event) {
    if (event.type === "pointermove" && !frame.hasPointerCapture(event.pointerId)) return;
    if (event.type === "pointerdown") frame.setPointerCapture(event.pointerId);
    const { left, width } = frame.getBoundingClientRect();
    range.value = Math.round((100 * (event.clientX - left)) / width);
    move();
  }

  range.addEventListener("input", move);
  frame.addEventListener("pointerdown", point);
  frame.addEventListener("pointermove", point);
  ownKeys(el);
  el.classList.add("rf", "rf-live");
  el.append(element("div", "rf-column", group, slider, side, files, differences));
  move();
  // Of what is no picture nothing would be seen below the other.
  choose(ways[runs.every(({ hash }) => hash) ? 0 : 1].button);
  // The width is known only once the page has laid it out.
  const laid = requestAnimationFrame(draw);
  return () => {
    cancelAnimationFrame(laid);
    shown.close();
    kept.close();
  };
}

export default { render };
