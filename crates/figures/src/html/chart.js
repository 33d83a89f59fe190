// Series along time: a window of all variables above, the whole of the first below, where the window is dragged.
// Data come from hidden elements (written by chart.rs).
document.querySelectorAll(".chart").forEach((figure) => {
  const canvas = figure.querySelector("canvas");
  const paper = canvas.getContext("2d");
  if (!paper) return;
  figure.classList.add("live");

  const unpack = (text, steps) => {
    const raw = atob(text);
    const view = new DataView(Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer);
    const values = new Float32Array(raw.length / 2);
    for (let i = 0; i < values.length; i++) {
      const number = view.getInt16(2 * i, true);
      values[i] = number === -32768 ? NaN : number / steps + 0.5;
    }
    return values;
  };
  const panels = [...figure.querySelectorAll(".panel")].map((element) => {
    const data = element.dataset, steps = Number(data.steps);
    return {
      name: data.name,
      ticks: data.ticks.split(";").filter(Boolean).map((tick) => {
        const colon = tick.indexOf(":");
        return { at: Number(tick.slice(0, colon)), label: tick.slice(colon + 1) };
      }),
      series: ["measured", "generated"].map((name) => ({
        name, dt: Number(data[name + "Dt"]), values: unpack(data[name], steps),
      })),
    };
  });
  const end = Math.max(...panels[0].series.map((s) => (s.values.length - 1) * s.dt), 1e-300);
  const smallest = 10 * Math.min(...panels[0].series.map((s) => s.dt));
  const home = { from: 0, to: Math.min(end, 1000 * panels[0].series[0].dt) };
  const state = { ...home, measured: true, generated: true };
  const LEFT = 62, RIGHT = 12, TOP = 8, ROW = 96, GAP = 14, FOOT = 40, OVERVIEW = 54;
  const color = (name) => getComputedStyle(figure).getPropertyValue("--" + name).trim();
  let width = 0, height = 0, queued = false;
  const strip = () => TOP + panels.length * (ROW + GAP) - GAP + FOOT;

  // One vertical stroke a pixel where samples are denser than pixels.
  function curve(series, from, to, top, high) {
    const { values, dt } = series;
    const first = Math.max(0, Math.floor(from / dt)), last = Math.min(values.length - 1, Math.ceil(to / dt));
    const x = (i) => LEFT + (i * dt - from) / (to - from) * (width - LEFT - RIGHT);
    const y = (v) => top + high * (1 - v);
    const stride = (last - first) / Math.max(width - LEFT - RIGHT, 1);
    paper.beginPath();
    let pen = false;
    if (stride <= 3) {
      for (let i = first; i <= last; i++) {
        if (isNaN(values[i])) { pen = false; continue; }
        if (pen) paper.lineTo(x(i), y(values[i])); else paper.moveTo(x(i), y(values[i]));
        pen = true;
      }
    } else {
      for (let start = first; start <= last; start += stride) {
        let low = Infinity, top = -Infinity;
        for (let i = Math.floor(start); i <= Math.min(last, start + stride); i++) {
          if (values[i] < low) low = values[i];
          if (values[i] > top) top = values[i];
        }
        if (low > top) { pen = false; continue; }
        const at = x(start);
        if (pen) paper.lineTo(at, y(low)); else paper.moveTo(at, y(low));
        paper.lineTo(at, y(top));
        pen = true;
      }
    }
    paper.stroke();
  }

  function rows(from, to, top, high, shown) {
    paper.save();
    paper.beginPath();
    paper.rect(LEFT, top, width - LEFT - RIGHT, high);
    paper.clip();
    shown.forEach((series, k) => {
      if (!state[series.name]) return;
      paper.strokeStyle = color(series.name);
      // A broad line under a fine one: both are seen where they coincide.
      paper.lineWidth = k === 0 ? 2.4 : 1.2;
      paper.globalAlpha = k === 0 ? 0.8 : 1;
      curve(series, from, to, top, high);
    });
    paper.restore();
  }

  // About five round times.
  function times(from, to) {
    const rough = (to - from) / Math.max(2, Math.min(6, (width - LEFT) / 110));
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough * 0.999);
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    const ticks = [];
    for (let k = Math.ceil(from / step - 1e-6); k * step <= to + 1e-6 * step; k++)
      ticks.push({ at: k * step, label: (k * step).toFixed(digits) });
    return ticks;
  }

  function draw() {
    queued = false;
    paper.clearRect(0, 0, width, height);
    paper.font = "12px system-ui, sans-serif";
    const { from, to } = state;
    const across = (t) => LEFT + (t - from) / (to - from) * (width - LEFT - RIGHT);
    panels.forEach((panel, i) => {
      const top = TOP + i * (ROW + GAP);
      paper.strokeStyle = color("line");
      paper.fillStyle = color("muted");
      paper.lineWidth = 1;
      paper.strokeRect(LEFT, top, width - LEFT - RIGHT, ROW);
      paper.textAlign = "right";
      paper.textBaseline = "middle";
      panel.ticks.forEach((tick) => {
        const y = top + ROW * (1 - tick.at);
        paper.beginPath();
        paper.moveTo(LEFT, y);
        paper.lineTo(width - RIGHT, y);
        paper.stroke();
        paper.fillText(tick.label, LEFT - 6, y);
      });
      rows(from, to, top, ROW, panel.series);
      paper.fillStyle = color("ink");
      paper.save();
      paper.translate(13, top + ROW / 2);
      paper.rotate(-Math.PI / 2);
      paper.textAlign = "center";
      paper.fillText(panel.name, 0, 0);
      paper.restore();
    });
    const bottom = strip() - FOOT;
    paper.fillStyle = color("muted");
    paper.textAlign = "center";
    paper.textBaseline = "top";
    times(from, to).forEach((tick) => paper.fillText(tick.label, across(tick.at), bottom + 5));
    paper.fillStyle = color("ink");
    paper.fillText("time (s)", LEFT + (width - LEFT - RIGHT) / 2, bottom + 20);

    rows(0, end, strip(), OVERVIEW, panels[0].series.filter((series) => state[series.name]).slice(0, 1));
    const whole = (t) => LEFT + t / end * (width - LEFT - RIGHT);
    paper.fillStyle = color("paper");
    paper.globalAlpha = 0.7;
    paper.fillRect(LEFT, strip(), whole(from) - LEFT, OVERVIEW);
    paper.fillRect(whole(to), strip(), width - RIGHT - whole(to), OVERVIEW);
    paper.globalAlpha = 1;
    paper.strokeStyle = color("ink");
    paper.lineWidth = 1.5;
    paper.strokeRect(whole(from), strip(), Math.max(2, whole(to) - whole(from)), OVERVIEW);
  }
  const redraw = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };

  function show(from, to) {
    const length = Math.max(Math.min(smallest, end), Math.min(end, to - from));
    state.from = Math.max(0, Math.min(end - length, from));
    state.to = state.from + length;
    redraw();
  }
  function zoom(factor, share = 0.5) {
    const length = state.to - state.from;
    const at = state.from + share * length;
    show(at - share * length * factor, at + (1 - share) * length * factor);
  }
  function resize() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = strip() + OVERVIEW + 6;
    canvas.style.height = height + "px";
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  }

  // In the strip the window follows the pointer; above it, what is seen does.
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const overview = event.offsetY >= strip() - 6;
    held = { x: event.clientX, overview };
    if (overview) {
      const at = (event.offsetX - LEFT) / (width - LEFT - RIGHT) * end, length = state.to - state.from;
      if (at < state.from || at > state.to) show(at - length / 2, at + length / 2);
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held || !(event.buttons & 1)) return;
    const share = (event.clientX - held.x) / (width - LEFT - RIGHT);
    held.x = event.clientX;
    const step = held.overview ? share * end : -share * (state.to - state.from);
    show(state.from + step, state.to + step);
  });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { held = null; }));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey && document.activeElement !== canvas) return;
    event.preventDefault();
    const share = Math.max(0, Math.min(1, (event.offsetX - LEFT) / (width - LEFT - RIGHT)));
    zoom(Math.exp(Math.sign(event.deltaY) * 0.15), share);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 0.1 * (state.to - state.from);
    if (event.key === "ArrowLeft") show(state.from - step, state.to - step);
    else if (event.key === "ArrowRight") show(state.from + step, state.to + step);
    else if (event.key === "+" || event.key === "=") zoom(1 / 1.3);
    else if (event.key === "-") zoom(1.3);
    else return;
    event.preventDefault();
  });
  const actions = {
    closer: () => zoom(1 / 1.5),
    wider: () => zoom(1.5),
    reset: () => show(home.from, home.to),
  };
  figure.querySelectorAll("[data-action]").forEach((button) =>
    button.addEventListener("click", actions[button.dataset.action]));
  figure.querySelectorAll("[data-toggle]").forEach((box) =>
    box.addEventListener("change", () => { state[box.dataset.toggle] = box.checked; redraw(); }));
  new ResizeObserver(resize).observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  resize();
});
