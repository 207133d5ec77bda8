// A stack of slices: what one slice looks like under a window, and where it lies in the patient.
// Values of layers are told in the image's own scale; the sheets hold 8 bits of it.
class Stack {
  constructor(element) {
    Object.assign(this, JSON.parse(element.dataset.stack));
    this.sheets = [...element.querySelectorAll(".sheet")].map((sheet) => (sheet.dataset.same ? document.getElementById(sheet.dataset.same) : sheet));
    this.scratch = document.createElement("canvas");
    this.scratch.width = this.width;
    this.scratch.height = this.height;
    this.context = this.scratch.getContext("2d", { willReadFrequently: true });
    this.traced = new Map();
    const [x, y, z] = this.step;
    this.distance = Math.hypot(x, y, z) || 1;
    this.normal = this.step.map((v) => v / this.distance);
    this.scaleAxis = this.normal.reduce((best, v, i, all) => (Math.abs(v) > Math.abs(all[best]) ? i : best), 0);
  }

  get isLoaded() {
    return this.sheets.every((sheet) => sheet.complete && sheet.naturalWidth > 0);
  }

  whenReady() {
    return Promise.all(this.sheets.map((sheet) => sheet.decode()));
  }

  // The pixels of one slice as they stand in the sheet.
  pixels(layer, slice) {
    const left = (slice % this.perRow) * this.width, top = Math.floor(slice / this.perRow) * this.height;
    this.context.clearRect(0, 0, this.width, this.height);
    this.context.drawImage(this.sheets[layer], left, top, this.width, this.height, 0, 0, this.width, this.height);
    return this.context.getImageData(0, 0, this.width, this.height);
  }

  painted(image) {
    this.context.putImageData(image, 0, 0);
    return this.scratch;
  }

  // A grey layer with `black` and `white` at the ends of the window.
  grey(layer, slice, black, white) {
    const { low, high } = this.layers[layer], image = this.pixels(layer, slice), data = image.data;
    const shades = new Uint8ClampedArray(256);
    for (let i = 0; i < 256; i++) shades[i] = (255 * (low + (i / 255) * (high - low) - black)) / (white - black);
    for (let i = 0; i < data.length; i += 4) data[i] = data[i + 1] = data[i + 2] = shades[data[i]];
    return this.painted(image);
  }

  // Labels filled with their colours.
  filled(layer, slice) {
    const image = this.pixels(layer, slice), data = image.data, colours = this.colours(layer);
    for (let i = 0; i < data.length; i += 4) {
      const colour = colours[data[i]];
      if (colour) [data[i], data[i + 1], data[i + 2]] = colour;
      data[i + 3] = colour ? 255 : 0;
    }
    return this.painted(image);
  }

  // The edges between labels along the borders of pixels: a path for each colour. Those of the slice last asked for are kept: moving a window redraws it often.
  outlines(layer, slice) {
    if (this.traced.get(layer)?.slice !== slice) this.traced.set(layer, { slice, paths: this.trace(layer, slice) });
    return this.traced.get(layer).paths;
  }

  trace(layer, slice) {
    const { data } = this.pixels(layer, slice), { width, height } = this, paths = new Map();
    const label = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[4 * (y * width + x)]);
    const edge = (value, x0, y0, x1, y1) => {
      if (!paths.has(value)) paths.set(value, new Path2D());
      paths.get(value).moveTo(x0, y0);
      paths.get(value).lineTo(x1, y1);
    };
    const inset = 0.15;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const own = label(x, y);
        if (!own) continue;
        if (label(x, y - 1) !== own) edge(own, x, y + inset, x + 1, y + inset);
        if (label(x, y + 1) !== own) edge(own, x, y + 1 - inset, x + 1, y + 1 - inset);
        if (label(x - 1, y) !== own) edge(own, x + inset, y, x + inset, y + 1);
        if (label(x + 1, y) !== own) edge(own, x + 1 - inset, y, x + 1 - inset, y + 1);
      }
    }
    const colours = this.colours(layer);
    return [...paths].map(([value, path]) => ({ path, colour: `rgb(${(colours[value] || [255, 255, 255]).join(",")})` }));
  }

  colours(layer) {
    return Object.fromEntries(this.layers[layer].legend.map((entry) => [entry.value, entry.colour]));
  }

  centre(slice) {
    return this.first.map((v, i) => v + slice * this.step[i]);
  }

  // The slice nearest to a point, or null where slices run another way or end before it.
  nearest(point, normal) {
    const along = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    if (Math.abs(along(normal, this.normal)) < 0.8) return null;
    const way = along(point.map((v, i) => v - this.first[i]), this.normal) / this.distance;
    return way < -0.5 || way > this.count - 0.5 ? null : Math.min(this.count - 1, Math.max(0, Math.round(way)));
  }

  // `S 12.5 mm`: where a slice lies along the body's own axis.
  place(slice) {
    const value = this.centre(slice)[this.scaleAxis];
    return `${["RL", "AP", "IS"][this.scaleAxis][value < 0 ? 0 : 1]} ${Math.abs(value).toFixed(1)} mm`;
  }
}
