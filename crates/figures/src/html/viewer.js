// The interactive view in space: lines and marks in boxes, turned by dragging, zoomed by the wheel or two fingers. Data
// come from the attributes of each canvas and from hidden elements (written by viewer.rs).
document.querySelectorAll(".viewer").forEach((figure) => {
  const canvas = figure.querySelector("canvas");
  const paper = canvas.getContext("2d");
  if (!paper) return;
  figure.classList.add("live");

  const data = canvas.dataset;
  const steps = Number(data.steps);
  const names = [0, 1, 2].map((k) => data["name" + k]);
  const ticks = [0, 1, 2].map((k) =>
    data["ticks" + k].split(";").filter(Boolean).map((tick) => {
      const colon = tick.indexOf(":");
      return { at: Number(tick.slice(0, colon)), label: tick.slice(colon + 1) };
    }));
  const unpack = (text) => {
    const raw = atob(text);
    const view = new DataView(Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer);
    const points = new Float32Array(raw.length / 2);
    for (let i = 0; i < points.length; i++) points[i] = view.getInt16(2 * i, true) / steps;
    return points;
  };
  const lines = [...figure.querySelectorAll(".line")].map((element) => ({
    name: element.dataset.name, color: element.dataset.color, kind: element.dataset.kind,
    panel: Number(element.dataset.panel), points: unpack(element.dataset.points),
  }));
  const marks = [...figure.querySelectorAll(".mark")].map((element) => ({
    at: element.dataset.at.split(" ").map(Number), kind: element.dataset.kind, label: element.dataset.label,
  }));
  const panels = 1 + Math.max(...lines.map((line) => line.panel));

  const home = { azimuth: Number(data.azimuth), elevation: Number(data.elevation), zoom: Number(data.zoom) };
  const state = { ...home, overlay: false, hidden: new Set(), pointed: null };
  const LEVELS = 10, EDGE = 0.52;
  let width = 0, height = 0, queued = false;

  const color = (name) => getComputedStyle(figure).getPropertyValue("--" + name).trim();

  // Rows of the projection: to the right, upwards, towards the viewer.
  const projection = () => {
    const a = state.azimuth * Math.PI / 180, e = state.elevation * Math.PI / 180;
    const [sa, ca, se, ce] = [Math.sin(a), Math.cos(a), Math.sin(e), Math.cos(e)];
    return [[-sa, ca, 0], [-se * ca, -se * sa, ce], [ce * ca, ce * sa, se]];
  };

  function panel(x, y, w, h, shown) {
    const [right, up, toward] = projection();
    const scale = state.zoom * Math.min(w, h) / 1.8;
    const [cx, cy] = [x + w / 2 + 14, y + h / 2 + 8];
    const dot = (r, p) => r[0] * p[0] + r[1] * p[1] + r[2] * p[2];
    const place = (p) => [cx + scale * dot(right, p), cy - scale * dot(up, p)];

    paper.save();
    paper.beginPath();
    paper.rect(x, y, w, h);
    paper.clip();
    box(place, toward, cx, cy);
    shown.forEach((line) => {
      if (line.kind === "dots" || line.kind === "spots") dots(line, place);
      else curve(line, right, up, toward, scale, cx, cy);
    });
    symbols(place, toward);
    paper.restore();

    if (panels > 1) names_of(shown, x, y, w);
  }

  // The names of lines above their panel, in their colours.
  function names_of(shown, x, y, w) {
    paper.font = "600 16px system-ui, sans-serif";
    paper.textBaseline = "middle";
    paper.textAlign = "left";
    const total = shown.reduce((sum, line) => sum + paper.measureText(line.name).width, 24 * (shown.length - 1));
    let left = x + (w - total) / 2;
    shown.forEach((line) => {
      paper.fillStyle = color(line.color);
      paper.fillText(line.name, left, y + 20);
      left += paper.measureText(line.name).width + 24;
    });
  }

  const inside = (p) => p.every((v) => Math.abs(v) <= EDGE);

  function dots(line, place) {
    const p = line.points, radius = line.kind === "spots" ? 3.5 : p.length > 30000 ? 0.6 : 1;
    paper.fillStyle = color(line.color);
    paper.globalAlpha = line.kind === "spots" ? 1 : 0.6;
    for (let i = 0; i < p.length; i += 3) {
      const point = [p[i], p[i + 1], p[i + 2]];
      if (!inside(point)) continue;
      const [sx, sy] = place(point);
      paper.beginPath();
      paper.arc(sx, sy, radius, 0, 2 * Math.PI);
      paper.fill();
    }
    paper.globalAlpha = 1;
  }

  // Fixed points, the nearest last: disc, diamond, ring or square as in the pictures.
  function symbols(place, toward) {
    const depth = (mark) => mark.at.reduce((sum, v, k) => sum + v * toward[k], 0);
    const shown = marks.filter((mark) => inside(mark.at) && !state.hidden.has(mark.kind));
    shown.sort((a, b) => depth(a) - depth(b));
    shown.forEach((mark) => {
      const [x, y] = place(mark.at), r = mark === state.pointed ? 9 : 7;
      mark.place = [x, y];
      const shape = (size) => {
        paper.beginPath();
        if (mark.kind === "saddle") {
          paper.moveTo(x, y - 1.3 * size); paper.lineTo(x + 1.3 * size, y);
          paper.lineTo(x, y + 1.3 * size); paper.lineTo(x - 1.3 * size, y);
          paper.closePath();
        } else if (mark.kind === "neutral") paper.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
        else paper.arc(x, y, size, 0, 2 * Math.PI);
        paper.fill();
      };
      paper.fillStyle = color("paper");
      shape(r + 1.5);
      paper.fillStyle = color(mark.kind);
      shape(r);
      if (mark.kind === "unstable" || mark.kind === "neutral") {
        paper.fillStyle = color("paper");
        shape(0.5 * r);
      }
    });
  }

  function stroke(a, b) {
    paper.beginPath();
    paper.moveTo(...a);
    paper.lineTo(...b);
    paper.stroke();
  }

  // The panes at the back with their grid, then the three edges that carry numbers and names.
  function box(place, toward, cx, cy) {
    const near = toward.map((t) => (t >= 0 ? 0.5 : -0.5));
    paper.lineWidth = 1;
    for (let n = 0; n < 3; n++) {
      const a = (n + 1) % 3, b = (n + 2) % 3;
      const on = (u, v) => {
        const p = [0, 0, 0];
        p[n] = -near[n]; p[a] = u; p[b] = v;
        return place(p);
      };
      paper.strokeStyle = color("line");
      ticks[a].forEach((t) => stroke(on(t.at, -0.5), on(t.at, 0.5)));
      ticks[b].forEach((t) => stroke(on(-0.5, t.at), on(0.5, t.at)));
      [[-0.5, -0.5, 0.5, -0.5], [0.5, -0.5, 0.5, 0.5], [0.5, 0.5, -0.5, 0.5], [-0.5, 0.5, -0.5, -0.5]]
        .forEach(([u, v, s, t]) => stroke(on(u, v), on(s, t)));
    }
    const floor = -near[2];
    // The upright edge furthest to the left.
    const corners = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]];
    corners.sort((p, q) => place([p[0], p[1], 0])[0] - place([q[0], q[1], 0])[0]);
    edge(place, 0, [0, near[1], floor], cx, cy);
    edge(place, 1, [near[0], 0, floor], cx, cy);
    edge(place, 2, [...corners[0], 0], cx, cy);
  }

  function edge(place, axis, middle, cx, cy) {
    const along = (t) => { const p = [...middle]; p[axis] = t; return place(p); };
    const [a, b, m] = [along(-0.5), along(0.5), along(0)];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (length < 30) return;
    let out = [(b[1] - a[1]) / length, (a[0] - b[0]) / length];
    if (out[0] * (m[0] - cx) + out[1] * (m[1] - cy) < 0) out = [-out[0], -out[1]];
    paper.strokeStyle = paper.fillStyle = color("muted");
    stroke(a, b);
    paper.font = "12px system-ui, sans-serif";
    paper.textAlign = Math.abs(out[0]) > 0.9 ? (out[0] < 0 ? "right" : "left") : "center";
    paper.textBaseline = "middle";
    const crowded = length / Math.max(ticks[axis].length, 1) < 26;
    ticks[axis].forEach((t, i) => {
      if (crowded && i % 2) return;
      const p = along(t.at);
      stroke(p, [p[0] + 4 * out[0], p[1] + 4 * out[1]]);
      const away = paper.textAlign === "center" ? 15 : 7;
      paper.fillText(t.label, p[0] + away * out[0], p[1] + away * out[1]);
    });
    paper.fillStyle = color("ink");
    paper.font = "14px system-ui, sans-serif";
    paper.textAlign = "center";
    // Along the edge, readable from the right where that is upright.
    let angle = Math.atan2(b[1] - a[1], b[0] - a[0]) * 180 / Math.PI;
    if (angle > 80) angle -= 180;
    if (angle < -100) angle += 180;
    const distance = 33 + 10 * Math.abs(out[0]);
    paper.save();
    paper.translate(m[0] + distance * out[0], m[1] + distance * out[1]);
    paper.rotate(angle * Math.PI / 180);
    paper.fillText(names[axis], 0, 0);
    paper.restore();
  }

  // The line in slices of depth, the far ones first and paler.
  function curve(line, right, up, toward, scale, cx, cy) {
    const p = line.points, count = p.length / 3;
    const paths = Array.from({ length: LEVELS }, () => new Path2D());
    let last = null;
    for (let i = 0; i < count; i++) {
      const [x, y, z] = [p[3 * i], p[3 * i + 1], p[3 * i + 2]];
      if (Math.abs(x) > EDGE || Math.abs(y) > EDGE || Math.abs(z) > EDGE) { last = null; continue; }
      const depth = toward[0] * x + toward[1] * y + toward[2] * z;
      const level = Math.max(0, Math.min(LEVELS - 1, Math.floor((depth + 0.7) / 1.4 * LEVELS)));
      const sx = cx + scale * (right[0] * x + right[1] * y + right[2] * z);
      const sy = cy - scale * (up[0] * x + up[1] * y + up[2] * z);
      if (!last) { paths[level].moveTo(sx, sy); paths[level].lineTo(sx + 0.5, sy); }
      else {
        if (last.level !== level) paths[level].moveTo(last.x, last.y);
        paths[level].lineTo(sx, sy);
      }
      last = { x: sx, y: sy, level };
    }
    const front = line.kind !== "depth";
    paper.strokeStyle = color(line.color);
    paper.lineJoin = "round";
    paper.setLineDash(line.kind === "dashed" ? [7, 4] : []);
    paper.lineWidth = front ? 2 : count > 6000 ? 0.9 : count > 1500 ? 1.2 : 1.6;
    paths.forEach((path, level) => {
      const base = front ? 1 : count > 6000 ? 0.7 : 0.85;
      paper.globalAlpha = base * (0.4 + 0.6 * level / (LEVELS - 1));
      paper.stroke(path);
    });
    paper.globalAlpha = 1;
    paper.setLineDash([]);
  }

  function draw() {
    queued = false;
    paper.clearRect(0, 0, width, height);
    const shown = lines.filter((line) => !state.hidden.has(line.name));
    if (panels === 1 || state.overlay) return panel(0, 0, width, height, shown);
    for (let k = 0; k < panels; k++) {
      const own = shown.filter((line) => line.panel === k);
      if (width < 620) panel(0, k * height / panels, width, height / panels, own);
      else panel(k * width / panels, 0, width / panels, height, own);
    }
  }
  const redraw = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    const single = panels === 1 || state.overlay;
    height = width < 620 && !single ? panels * width : Math.min(560, Math.max(340, single ? 0.62 * width : width / 2));
    canvas.style.height = height + "px";
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  }
  function turn(dx, dy) {
    state.azimuth -= dx;
    state.elevation = Math.max(-89, Math.min(89, state.elevation + dy));
    redraw();
  }
  function zoom(factor) {
    state.zoom = Math.max(0.3, Math.min(12, state.zoom * factor));
    redraw();
  }

  // One pointer turns, two zoom; without a button pressed, marks tell what they are.
  const held = new Map();
  let apart = 0;
  const distance = () => { const [p, q] = [...held.values()]; return Math.hypot(p.x - q.x, p.y - q.y); };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (held.size === 2) apart = distance();
    point(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return point(event);
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (held.size === 1) turn(dx * 0.4, dy * 0.4);
    else if (held.size === 2) {
      const now = distance();
      zoom(now / Math.max(apart, 1));
      apart = now;
    }
  });
  ["pointerup", "pointercancel"].forEach((name) =>
    canvas.addEventListener(name, (event) => held.delete(event.pointerId)));
  const told = figure.querySelector(".told");
  function point(event) {
    if (!told) return;
    const away = (mark) => Math.hypot(mark.place[0] - event.offsetX, mark.place[1] - event.offsetY);
    const near = marks.filter((mark) => mark.place && !state.hidden.has(mark.kind) && away(mark) < 14);
    const nearest = near.sort((a, b) => away(a) - away(b))[0] || null;
    if (nearest === state.pointed) return;
    state.pointed = nearest;
    told.textContent = nearest ? "Fixed point " + nearest.label : told.dataset.rest;
    redraw();
  }
  canvas.addEventListener("wheel", (event) => {
    // The page scrolls until the view is chosen by a click or a key.
    if (!event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) * 0.0015));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const turns = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };
    if (turns[event.key]) turn(...turns[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(1.15);
    else if (event.key === "-") zoom(1 / 1.15);
    else return;
    event.preventDefault();
  });
  const actions = {
    overlay: (event) => {
      state.overlay = !state.overlay;
      event.target.textContent = state.overlay ? "side by side" : "overlay";
      resize();
    },
    closer: () => zoom(1.25),
    wider: () => zoom(1 / 1.25),
    reset: () => { Object.assign(state, home); redraw(); },
  };
  figure.querySelectorAll("[data-action]").forEach((button) =>
    button.addEventListener("click", actions[button.dataset.action]));
  figure.querySelectorAll("[data-toggle]").forEach((box) =>
    box.addEventListener("change", () => {
      if (box.checked) state.hidden.delete(box.dataset.toggle); else state.hidden.add(box.dataset.toggle);
      redraw();
    }));
  new ResizeObserver(resize).observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  resize();
});
