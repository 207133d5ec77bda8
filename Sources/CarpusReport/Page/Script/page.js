// Brings each viewer of the page to life. Without this script the page shows its other pictures.
for (const viewer of document.querySelectorAll(".viewer")) {
  viewer.hidden = false;
  const field = (name) => viewer.querySelector(`[name=${name}]`);
  const options = () => ({
    opacity: field("opacity") ? Number(field("opacity").value) / 100 : 1,
    style: field("style") ? field("style").value : "outline",
    hidden: new Set([...viewer.querySelectorAll("[name=overlay]")].filter((box) => !box.checked).map((box) => box.value)),
  });
  const panes = [...viewer.querySelectorAll(".pane")].map((element) => new Pane(element, options));
  // Only series of one visit are linked: at another the wrist lay elsewhere in the scanner.
  const mates = (pane) => panes.filter((other) => other.element.dataset.occasion === pane.element.dataset.occasion);
  for (const pane of panes) {
    pane.moved = () => { if (field("linked")?.checked) for (const other of mates(pane)) if (other !== pane) other.follow(pane); };
    const leader = mates(pane).find((other) => other.stack.layers.some((layer) => layer.name === "Lesions")) || mates(pane)[0];
    if (field("linked") && pane !== leader) pane.follow(leader);
    if (pane.stack.kind === "flicker") pane.show(0);
    for (const [i, button] of pane.element.querySelectorAll("button[data-show]").entries()) button.addEventListener("click", () => pane.show(i));
    pane.element.querySelector("input.wipe")?.addEventListener("input", (event) => pane.wipe(Number(event.target.value) / 100));
    blinking(pane);
  }
  for (const control of viewer.querySelectorAll("[name=opacity], [name=style], [name=overlay]")) control.addEventListener("input", () => panes.forEach((pane) => pane.draw()));
  viewer.querySelector("button.reset")?.addEventListener("click", () => panes.forEach((pane) => pane.reset()));
}

// Switches by itself only when asked, and never for readers who want less motion.
function blinking(pane) {
  const button = pane.element.querySelector("button.blink"), calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  if (!button) return;
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.setAttribute("aria-pressed", false);
  };
  const adapt = () => {
    button.hidden = calm.matches;
    if (calm.matches) stop();
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    // Fixed and aligned take turns: that is the comparison that counts.
    timer = setInterval(() => pane.show(pane.shown === 0 ? pane.greys.length - 1 : 0), 600);
    button.setAttribute("aria-pressed", true);
  });
  calm.addEventListener("change", adapt);
  adapt();
}
