// Whether a widget's kernel is gone: ipywidgets knows it, and only marks each of its boxes.
const LOST = "The kernel was restarted: run the cell again. What was made is then shown, and nothing is bought.";

// Call `tell()` when it is. Returns how to stop looking.
export function whenLost(model, el, tell) {
  // The box is marked by another listener, which may be called after this one.
  const look = () => setTimeout(() => el.closest(".jupyter-widgets-disconnected") && tell());
  model.on("comm_live_update", look);
  return () => model.off("comm_live_update", look);
}
