// A widget whose script the kernel sends when it is drawn: runners save a widget's state, and a script is most of it.
export default {
  async render(context) {
    const { model, el } = context;
    const words = document.createElement("div");
    words.setAttribute("role", "status");
    words.textContent = "Waiting for the kernel. If it stays so, run the cell again.";
    const showing = setTimeout(() => el.append(words), 700);
    const told = await new Promise((resolve) => {
      const hear = (message) => {
        if (message.told !== "script") return;
        model.off("msg:custom", hear);
        resolve(message);
      };
      model.on("msg:custom", hear);
      model.send({ ask: "script" });
    });
    clearTimeout(showing);
    words.remove();
    const sheet = document.getElementById(told.name) || document.createElement("style");
    sheet.id = told.name;
    sheet.textContent = told.css;
    document.head.append(sheet);
    const address = URL.createObjectURL(new Blob([told.script], { type: "text/javascript" }));
    const drawn = await import(address);
    URL.revokeObjectURL(address);
    return drawn.default.render(context);
  },
};
