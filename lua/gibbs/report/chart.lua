--- The script of a report: charts of its data, with bands of errors, a log axis on demand, and values under the pointer.

return [[
"use strict";
(function () {
  const WIDTH = 440, HEIGHT = 260, LEFT = 62, RIGHT = 24, TOP = 10, BOTTOM = 40;
  const DASHES = ["", "8 4", "2 3", "10 3 2 3", "14 4", "8 3 2 3 2 3", "4 5"];
  const data = JSON.parse(document.getElementById("chart-data").textContent);

  function make(name, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function written(value) {
    if (value === 0) return "0";
    const size = Math.abs(value);
    const text = size >= 1e6 || size < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(6)));
    return text.replace("e+", "e").replace(/\.?0+e/, "e").replace(/-/g, "\u2212");
  }

  function steps(low, high, count) {
    const rough = (high - low) / count, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map(function (f) { return f * power; }).find(function (s) { return s >= rough * 0.999; });
    const list = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && list.length < 40; k++) list.push(k * step);
    return list;
  }

  function powers(low, high) {
    const decades = Math.log10(high / low), factors = decades < 1 ? [1, 2, 3, 5] : decades < 3 ? [1, 3] : [1];
    const stride = Math.max(1, Math.floor(decades / 5)), list = [];
    for (let k = Math.floor(Math.log10(low)); k <= Math.ceil(Math.log10(high)); k++) {
      if (k % stride !== 0) continue;
      for (const f of factors) {
        const value = f * Math.pow(10, k);
        if (value >= low * 0.999 && value <= high * 1.001) list.push(value);
      }
    }
    return list;
  }

  function extent(chart, log) {
    let x = [Infinity, -Infinity], y = [Infinity, -Infinity];
    for (const s of chart.series) s.x.forEach(function (at, i) {
      const e = s.error ? s.error[i] || 0 : 0;
      if (s.y[i] === null || at === null || (log && s.y[i] <= 0)) return;
      x = [Math.min(x[0], at), Math.max(x[1], at)];
      const low = log && s.y[i] - e <= 0 ? s.y[i] : s.y[i] - e;
      y = [Math.min(y[0], low), Math.max(y[1], s.y[i] + e)];
    });
    if (x[0] > x[1]) return null;
    if (x[0] === x[1]) x = [x[0] - 0.5, x[1] + 0.5];
    if (log) y = y[0] === y[1] ? [y[0] / 2, y[1] * 2] : [y[0] / Math.pow(y[1] / y[0], 0.04), y[1] * Math.pow(y[1] / y[0], 0.04)];
    else {
      const air = y[1] > y[0] ? 0.05 * (y[1] - y[0]) : Math.max(Math.abs(y[0]), 1) * 0.1;
      y = [y[0] - air, y[1] + air];
    }
    return { x: x, y: y };
  }

  function mapped(range, from, to, log) {
    const f = log ? Math.log : function (v) { return v; }, a = f(range[0]), b = f(range[1]);
    return function (v) { return from + (f(v) - a) / (b - a) * (to - from); };
  }

  function axes(svg, chart, view) {
    const bottom = HEIGHT - BOTTOM;
    for (const v of view.log ? powers(view.y[0], view.y[1]) : steps(view.y[0], view.y[1], 5)) {
      const y = view.up(v);
      svg.append(make("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }),
        make("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, written(v)));
    }
    for (const v of steps(view.x[0], view.x[1], 5)) {
      const x = view.across(v);
      svg.append(make("line", { class: "axis", x1: x, x2: x, y1: bottom, y2: bottom + 4 }),
        make("text", { x: x, y: bottom + 17, "text-anchor": "middle" }, written(v)));
    }
    svg.append(make("path", { class: "axis", d: "M" + LEFT + " " + TOP + "V" + bottom + "H" + (WIDTH - RIGHT) }),
      make("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, chart.x_label));
  }

  function curve(svg, s, index, view) {
    let line = "", above = "", below = [], points = [];
    s.x.forEach(function (at, i) {
      if (at === null || s.y[i] === null || (view.log && s.y[i] <= 0)) return;
      const x = view.across(at), y = view.up(s.y[i]), e = s.error ? s.error[i] || 0 : 0;
      points.push([x, y]);
      line += (line ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1);
      above += (above ? "L" : "M") + x.toFixed(1) + " " + view.up(s.y[i] + e).toFixed(1);
      const low = s.y[i] - e;
      below.unshift("L" + x.toFixed(1) + " " + (view.log && low <= 0 ? HEIGHT - BOTTOM : view.up(low)).toFixed(1));
    });
    const color = index % 7;
    if (s.error && points.length > 1 && view.bands) svg.append(make("path", { class: "band b" + color, d: above + below.join("") + "Z" }));
    svg.append(make("path", { class: "series c" + color, d: line, "stroke-dasharray": DASHES[color] }));
    if (points.length <= 30) for (const p of points) svg.append(make("circle", { class: "b" + color, cx: p[0], cy: p[1], r: 2.5 }));
  }

  function nearest(s, value) {
    let best = -1;
    s.x.forEach(function (at, i) {
      if (at !== null && s.y[i] !== null && (best < 0 || Math.abs(at - value) < Math.abs(s.x[best] - value))) best = i;
    });
    return best;
  }

  function told(s, i, several) {
    const e = s.error && s.error[i] ? " \u00b1 " + written(s.error[i]) : "";
    return (several ? s.name + ": " : "") + written(s.y[i]) + e;
  }

  function summary(chart) {
    return chart.title + " over " + chart.x_label + ": " + chart.series.slice(0, 8).map(function (s) {
      const known = s.y.filter(function (v) { return v !== null; });
      if (!known.length) return "no values";
      return (chart.series.length > 1 ? s.name + " " : "") + "from " + written(known[0]) + " to " + written(known[known.length - 1]);
    }).join("; ");
  }

  function draw(box, chart, log) {
    const svg = make("svg", { viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img", tabindex: "0", "aria-label": summary(chart) });
    const view = extent(chart, log), output = box.querySelector("output");
    box.querySelector(".plot").replaceChildren(svg);
    output.textContent = "";
    if (!view) {
      svg.append(make("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, log ? "no values above 0" : "no values"));
      return;
    }
    view.log = log;
    view.bands = chart.series.length <= 3;
    view.across = mapped(view.x, LEFT, WIDTH - RIGHT, false);
    view.up = mapped(view.y, HEIGHT - BOTTOM, TOP, log);
    axes(svg, chart, view);
    chart.series.forEach(function (s, i) { curve(svg, s, i, view); });
    const cross = svg.appendChild(make("line", { class: "cross", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" }));
    let place = -1;
    function show(value) {
      let at = null;
      const texts = [];
      for (const s of chart.series) {
        const i = nearest(s, value);
        if (i < 0) continue;
        if (at === null) { at = s.x[i]; place = i; }
        texts.push(told(s, i, chart.series.length > 1));
      }
      if (at === null) return;
      cross.setAttribute("x1", view.across(at));
      cross.setAttribute("x2", view.across(at));
      cross.setAttribute("visibility", "visible");
      output.textContent = chart.x_label + " " + written(at) + ": " + texts.join(", ");
    }
    svg.addEventListener("pointermove", function (event) {
      const frame = svg.getBoundingClientRect();
      show(view.x[0] + ((event.clientX - frame.left) / frame.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * (view.x[1] - view.x[0]));
    });
    svg.addEventListener("pointerleave", function () { cross.setAttribute("visibility", "hidden"); output.textContent = ""; });
    svg.addEventListener("keydown", function (event) {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key], first = chart.series[0];
      if (!by) return;
      event.preventDefault();
      const next = place < 0 ? (by > 0 ? 0 : first.x.length - 1) : Math.max(0, Math.min(first.x.length - 1, place + by));
      show(first.x[next]);
    });
  }

  function key(chart) {
    const list = document.createElement("ul");
    list.className = "key";
    chart.series.forEach(function (s, i) {
      const item = document.createElement("li"), sample = make("svg", { viewBox: "0 0 26 10", "aria-hidden": "true" });
      sample.append(make("path", { class: "series c" + i % 7, d: "M0 5H26", "stroke-dasharray": DASHES[i % 7] }));
      item.append(sample, s.name);
      list.append(item);
    });
    return list;
  }

  data.charts.forEach(function (chart, index) {
    const box = document.getElementById("chart-" + index), button = document.createElement("button");
    button.type = "button";
    button.textContent = "log scale";
    button.setAttribute("aria-pressed", "false");
    box.querySelector("header").append(button);
    if (chart.series.length > 1) box.append(key(chart));
    let log = false;
    button.addEventListener("click", function () {
      log = !log;
      button.setAttribute("aria-pressed", String(log));
      draw(box, chart, log);
    });
    draw(box, chart, log);
  });
})();
]]
