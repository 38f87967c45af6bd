// Lab's shortcuts of one key (a, b, x, arrows) must not act on cells while keys are used in here; those with Ctrl or Cmd,
// such as saving, still do.
const LAB_LEAVES_ALONE = "data-lm-suppress-shortcuts";

export function ownKeys(root) {
  // Also on what has the focus: Notebook 7 looks no further where a rule of its own is about that element.
  const decide = (event) => {
    const ours = !(event.ctrlKey || event.metaKey);
    for (const element of [root, event.target]) element.toggleAttribute(LAB_LEAVES_ALONE, ours);
  };
  root.setAttribute(LAB_LEAVES_ALONE, "");
  root.addEventListener("focusin", decide);
  // Ctrl goes down before the key that it is held for.
  root.addEventListener("keydown", decide);
  root.addEventListener("keyup", decide);
}
