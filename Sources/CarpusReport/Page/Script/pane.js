// One canvas with its stack: draws, and answers wheel, pointer and keys.
class Pane {
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.stack = new Stack(element);
    this.canvas = element.querySelector("canvas");
    this.slider = element.querySelector("input.slice");
    this.slice = this.stack.start;
    this.shown = 0;
    this.edge = 0.5;
    this.moved = () => {};
    this.reset();
    this.slider.max = this.stack.count - 1;
    this.canvas.style.aspectRatio = `${this.stack.width} / ${this.stack.height}`;
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.followPointer();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.go(this.slice, false);
    this.whenSeen(() => this.stack.whenReady().then(() => this.begin(), () => this.fail()));
    window.addEventListener("beforeprint", () => { if (this.stack.isLoaded) this.begin(); });
  }

  // Pictures are unpacked when they come near: a study of many series would fill the memory at once.
  whenSeen(act) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      act();
    }, { rootMargin: "300px" });
    observer.observe(this.canvas);
  }

  // Without a word an empty picture would look like missing data.
  fail() {
    this.element.querySelector("output").textContent = "the pictures cannot be unpacked here; see the montages";
  }

  begin() {
    this.ready = true;
    this.go(this.slice, false);
  }

  // The window of a grey layer: what it was made with, moved and widened as the reader wished.
  window(layer = this.greys[this.shown]) {
    const { black, white } = this.stack.layers[layer], width = (white - black) * this.width, level = (black + white) / 2 + this.level * (white - black);
    return { black: level - width / 2, white: level + width / 2, width, level };
  }

  reset() {
    [this.width, this.level] = [1, 0];
    this.greys = this.stack.layers.flatMap((layer, i) => (layer.kind === "grey" ? [i] : []));
    this.draw();
  }

  setWindow(width, level) {
    this.width = Math.min(4, Math.max(0.02, width));
    this.level = Math.min(1.5, Math.max(-1.5, level));
    this.draw();
  }

  go(slice, tell = true) {
    this.element.classList.remove("elsewhere");
    this.slice = Math.min(this.stack.count - 1, Math.max(0, slice));
    this.slider.value = this.slice;
    const words = `slice ${this.slice + 1} of ${this.stack.count}, ${this.stack.place(this.slice)}`;
    this.slider.setAttribute("aria-valuetext", words);
    this.element.querySelector("output").textContent = words;
    this.draw();
    if (tell) this.moved(this);
  }

  follow(other) {
    const slice = this.stack.nearest(other.stack.centre(other.slice), other.stack.normal);
    if (slice !== null) this.go(slice, false);
    else this.lose();
  }

  // Another series shows a place where this one has no slice.
  lose() {
    this.element.classList.add("elsewhere");
    this.element.querySelector("output").textContent = "no slice at this position";
  }

  show(index) {
    this.shown = index % this.greys.length;
    for (const [i, button] of this.element.querySelectorAll("button[data-show]").entries()) button.setAttribute("aria-pressed", i === this.shown);
    this.draw();
  }

  key(event) {
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.stack.kind === "wipe" && event.shiftKey && /Arrow(Left|Right)/.test(event.key)) this.wipe(this.edge + (event.key === "ArrowRight" ? 0.05 : -0.05));
    else if (steps[event.key]) this.go(this.slice + steps[event.key]);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.stack.count - 1);
    else if (event.key === "+" || event.key === "=") this.setWindow(this.width / 1.15, this.level);
    else if (event.key === "-") this.setWindow(this.width * 1.15, this.level);
    else if (event.key === "]") this.setWindow(this.width, this.level - 0.05);
    else if (event.key === "[") this.setWindow(this.width, this.level + 0.05);
    else if (event.key === "0") this.reset();
    else if (event.key === " " && this.stack.kind === "flicker") this.show(this.shown + 1);
    else return;
    event.preventDefault();
  }

  // The wheel scrolls the page until a picture was chosen.
  wheel(event) {
    if (document.activeElement !== this.canvas || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    this.go(this.slice + (event.deltaY > 0 ? -1 : 1));
  }

  // Dragging sets the window: across its width, up and down its level; over a wipe it moves the line.
  followPointer() {
    let from = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && this.stack.kind !== "wipe") return;
      from = { x: event.clientX, y: event.clientY, width: this.width, level: this.level };
      this.canvas.setPointerCapture(event.pointerId);
      if (this.stack.kind === "wipe" && !event.shiftKey) this.wipe(event.offsetX / this.canvas.clientWidth);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!from) return;
      if (this.stack.kind === "wipe" && !event.shiftKey) this.wipe(event.offsetX / this.canvas.clientWidth);
      else this.setWindow(from.width * Math.exp((event.clientX - from.x) / 150), from.level + (event.clientY - from.y) / 300);
    });
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, () => { from = null; });
  }

  wipe(edge) {
    this.edge = Math.min(1, Math.max(0, edge));
    const slider = this.element.querySelector("input.wipe");
    if (slider) slider.value = Math.round(100 * this.edge);
    this.draw();
  }

  draw() {
    if (!this.ready || !this.canvas.clientWidth) return;
    const canvas = this.canvas, stack = this.stack, context = canvas.getContext("2d");
    const scale = (canvas.clientWidth * (window.devicePixelRatio || 1)) / stack.width;
    [canvas.width, canvas.height] = [Math.round(stack.width * scale), Math.round(stack.height * scale)];
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.imageSmoothingQuality = "high";
    if (stack.kind === "wipe") {
      this.drawGrey(context, 0, 0, this.edge);
      this.drawGrey(context, 1, this.edge, 1);
    } else {
      this.drawGrey(context, this.greys[this.shown], 0, 1);
    }
    stack.layers.forEach((layer, i) => this.drawOver(context, layer, i, scale));
    this.annotate(context, scale);
  }

  // The part of a grey layer between two shares of the width.
  drawGrey(context, layer, from, to) {
    const { black, white } = this.window(layer), { width, height } = this.stack;
    if (to <= from) return;
    const picture = this.stack.grey(layer, this.slice, black, white);
    context.drawImage(picture, from * width, 0, (to - from) * width, height, from * width, 0, (to - from) * width, height);
  }

  drawOver(context, layer, i, scale) {
    const { opacity, style, hidden } = this.options();
    if (layer.kind === "grey" || hidden.has(layer.name)) return;
    context.save();
    context.globalAlpha = opacity;
    context.imageSmoothingEnabled = false;
    if (layer.kind === "colours") context.drawImage(this.pictured(i), 0, 0);
    else if (style === "fill" && this.stack.kind === "browse") context.drawImage(this.stack.filled(i, this.slice), 0, 0);
    else {
      context.lineWidth = Math.max(1.5 * (window.devicePixelRatio || 1), scale / 4) / scale;
      for (const { path, colour } of this.stack.outlines(i, this.slice)) {
        context.strokeStyle = colour;
        context.stroke(path);
      }
    }
    context.restore();
  }

  pictured(layer) {
    return this.stack.painted(this.stack.pixels(layer, this.slice));
  }

  // Letters, the slice, the window and a bar of known length, as large on every screen.
  annotate(context, scale) {
    const ratio = window.devicePixelRatio || 1, { stack } = this, w = this.canvas.width / ratio, h = this.canvas.height / ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    [context.lineWidth, context.strokeStyle, context.fillStyle] = [3, "#000", "#fff"];
    const write = (text, x, y, align = "left") => {
      context.textAlign = align;
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    };
    write(stack.left, 5, h / 2);
    write(stack.right, w - 5, h / 2, "right");
    write(stack.top, w / 2, 14, "center");
    write(stack.bottom, w / 2, h - 6, "center");
    write(`${this.slice + 1}/${stack.count}`, 5, 14);
    const { width, level } = this.window(), short = (v) => Number(v.toPrecision(3)).toString();
    write(`W ${short(width)} L ${short(level)}`, 5, h - 6);
    const pixels = scale / ratio / stack.pixelSize, length = [50, 20, 10, 5, 1].find((mm) => mm * pixels < w / 3) || 1;
    context.fillStyle = "#000";
    context.fillRect(w - 7 - length * pixels, h - 11, length * pixels + 2, 5);
    context.fillStyle = "#fff";
    context.fillRect(w - 6 - length * pixels, h - 10, length * pixels, 3);
    write(`${length} mm`, w - 6, h - 15, "right");
    if (stack.kind === "flicker") write(stack.layers[this.greys[this.shown]].name, w - 5, 14, "right");
    if (stack.kind === "wipe") this.annotateWipe(context, w, h, write);
  }

  // The line, the names of its sides, and what the colours mean.
  annotateWipe(context, w, h, write) {
    context.fillRect(this.edge * w - 1, 0, 2, h);
    if (this.edge > 0.2) write("baseline", this.edge * w - 6, 30, "right");
    if (this.edge < 0.8) write("follow-up", this.edge * w + 6, 30);
    const entries = this.stack.layers.flatMap((layer) => (layer.kind === "colours" ? layer.legend : []));
    for (const [i, { colour, name }] of entries.reverse().entries()) {
      const y = h - 24 - 17 * i;
      context.fillStyle = `rgb(${colour.join(",")})`;
      context.fillRect(6, y - 9, 10, 10);
      context.fillStyle = "#fff";
      write(name, 21, y);
    }
  }
}
