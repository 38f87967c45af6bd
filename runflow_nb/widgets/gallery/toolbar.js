// What stands above and below the grid. Words of people are only ever text nodes and values, never markup.
function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

function debounced(act, wait) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
  later.stop = () => clearTimeout(timer);
  return later;
}

const CONDITIONS = [
  ["text", "Search", { type: "search", placeholder: "Words of the prompt" }],
  ["model", "Model", null],
  ["tag", "Tag", null],
  ["stars", "Stars", null],
  ["since", "From", { type: "date" }],
  ["until", "To", { type: "date" }],
  ["min_cost", "Cost from", { type: "text", inputmode: "decimal", placeholder: "0.00", size: 6 }],
  ["max_cost", "Cost to", { type: "text", inputmode: "decimal", placeholder: "1.00", size: 6 }],
];
const ALWAYS = ["text", "model", "tag", "stars"];
const TYPED = 250; // ms without a key before a search begins

// The fields above the grid; `changed(conditions)` is called when one of them means something else.
function filters(changed) {
  const fields = {};
  const problems = {};
  const folded = make("div", { class: "rf-row rf-gallery-fields" });
  const first = make("div", { class: "rf-row rf-gallery-fields" });
  const values = () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
  const told = () => changed(values());
  const typed = debounced(told, TYPED);
  for (const [name, label, input] of CONDITIONS) {
    const field = input
      ? make("input", { class: "rf-input", ...input, oninput: typed })
      : make("select", { class: "rf-input", onchange: told });
    const problem = make("span", { class: "rf-problem" });
    fields[name] = field;
    problems[name] = problem;
    const box = make("label", { class: "rf-gallery-field" }, make("span", { class: "rf-quiet" }, label), field, problem);
    if (name === "text") box.classList.add("rf-grow");
    (ALWAYS.includes(name) ? first : folded).append(box);
  }
  offer("stars", [1, 2, 3, 4, 5].map((n) => [String(n), n === 5 ? "★★★★★" : `${"★".repeat(n)} and more`]));
  const clear = make("button", { class: "rf-button", type: "button", onclick: reset }, "Clear");
  const more = make("details", { class: "rf-fold" }, make("summary", {}, "Date and cost"), folded);
  folded.append(clear);

  function reset() {
    for (const field of Object.values(fields)) field.value = "";
    told();
  }

  function offer(name, choices) {
    const field = fields[name];
    const chosen = field.value;
    const rows = choices.map(([value, text]) => make("option", { value }, text));
    field.replaceChildren(make("option", { value: "" }, "Any"), ...rows);
    if (chosen && !choices.some(([value]) => value === chosen)) field.append(make("option", { value: chosen }, chosen));
    field.value = chosen;
  }

  function answered({ models, tags, problems: wrong }) {
    if (models) offer("model", models.map((model) => [model, model]));
    if (tags) offer("tag", tags.map((tag) => [tag, tag]));
    if (!wrong) return;
    for (const name of Object.keys(fields)) {
      problems[name].textContent = wrong[name] || "";
      fields[name].toggleAttribute("aria-invalid", name in wrong);
      if (name in wrong) fields[name].setAttribute("aria-invalid", "true");
    }
  }

  return { element: make("div", { role: "search", "aria-label": "Runs", class: "rf-column" }, first, more), values, answered, stop: typed.stop };
}

// Buttons for some runs: stars, tags, actions, saving. `send(message)` sends it with their ids.
function bar(actions, send) {
  const stars = [1, 2, 3, 4, 5].map((n) =>
    make(
      "button",
      { class: "rf-gallery-star", type: "button", "aria-label": plural(n, "star"), onclick: () => rate(n) },
      "★",
    ),
  );
  const tag = make("input", { class: "rf-input", "aria-label": "Tag to add", placeholder: "Add a tag", size: 10, onkeydown: onEnter(addTag) });
  const chips = make("span", { class: "rf-row" });
  const where = make("input", { class: "rf-input", "aria-label": "Folder, or a file that ends in .zip", value: "pictures", size: 14, onkeydown: onEnter(save) });
  const buttons = actions.map(([what, label, count]) => [
    make("button", { class: "rf-button", type: "button", onclick: () => send({ ask: "act", what }) }, label),
    count,
  ]);
  const saving = make("button", { class: "rf-button", type: "button", onclick: save }, "Save to");
  let now = 0;

  function rate(n) {
    send({ ask: "rate", stars: n === now ? 0 : n });
  }

  function addTag() {
    if (tag.value.trim()) send({ ask: "tag", add: [tag.value.trim()], remove: [] });
    tag.value = "";
  }

  function save() {
    send({ ask: "save", where: where.value });
  }

  function onEnter(act) {
    return (event) => {
      if (event.key === "Enter") act();
    };
  }

  function update(runs) {
    now = runs.length && runs.every((run) => run.stars === runs[0].stars) ? runs[0].stars : 0;
    stars.forEach((star, at) => {
      star.setAttribute("aria-pressed", String(at + 1 === now));
      star.classList.toggle("rf-on", at < now);
    });
    for (const [button, count] of buttons) {
      button.disabled = runs.length !== count;
      button.title = button.disabled ? `Choose ${plural(count, "run")}` : "";
    }
    const common = runs.length ? (runs[0].tags || []).filter((one) => runs.every((run) => run.tags?.includes(one))) : [];
    const focused = chips.contains(document.activeElement);
    chips.replaceChildren(
      ...common.map((one) =>
        make(
          "button",
          {
            class: "rf-chip rf-gallery-chip",
            type: "button",
            "aria-label": `Take off the tag ${one}`,
            onclick: () => send({ ask: "tag", add: [], remove: [one] }),
          },
          `${one} ×`,
        ),
      ),
    );
    if (focused) tag.focus(); // the tag that had it is off
  }

  const element = make(
    "div",
    { class: "rf-row" },
    make("span", { class: "rf-stars", role: "group", "aria-label": "Stars" }, ...stars),
    chips,
    tag,
    ...buttons.map(([button]) => button),
    make("span", { class: "rf-row rf-gallery-save" }, saving, where),
  );
  return { element, update };
}
