/* Draws a Vega-Lite specification: by its own interpreter, so that no policy has to allow `eval`.
   Of Vega's transforms those of maps, trees, words and forces are left out; colours are those of the house's sheet. */
import { transforms } from "vega-dataflow";
import * as data from "vega-transforms";
import * as views from "vega-view-transforms";
import * as encoding from "vega-encode";
import { View } from "vega-view";
import { parse } from "vega-parser";
import { compile } from "vega-lite";
import { expressionInterpreter } from "vega-interpreter";

Object.assign(transforms, data, views, encoding);

/* A chart is written in the colours of light paper (reports/chart_style.py); here each is a name of
   the sheet, so dark pages and print are right without drawing again. */
const NAMES = {
  "#1d2329": "var(--ink)", "#5a646e": "var(--soft)", "#dcdad3": "var(--line)", "#ecebe5": "var(--hair)",
  "#174f86": "var(--link)", "#14693f": "var(--gain)", "#a3312a": "var(--loss)", "#6b6357": "var(--even)",
  "#ffffff": "var(--card)",
};
const named = (part) => typeof part === "string" ? NAMES[part] ?? part
  : Array.isArray(part) ? part.map(named)
  : part && typeof part === "object" ? Object.fromEntries(Object.entries(part).map(([key, each]) => [key, named(each)]))
  : part;

const element = (name, kind, text = "") => Object.assign(document.createElement(name), { className: kind, textContent: text });

export const draw = async (area, spec) => {
  const { data, title, ...rest } = spec; /* the page has the title already */
  const logger = { level: () => logger, warn: () => logger, info: () => logger, debug: () => logger, error: (...words) => { console.error(...words); return logger; } };
  const whole = { ...named(rest), data, autosize: { type: "fit-x", contains: "padding" }, width: Math.max(area.clientWidth, 280) };
  const { spec: made } = compile(whole, { logger });
  const place = element("div", "chart-drawn");
  const view = new View(parse(made, {}, { ast: true }), { expr: expressionInterpreter, renderer: "svg", logger });
  const tip = element("div", "chart-tip");
  tip.hidden = true;
  tip.setAttribute("role", "status");
  view.tooltip((_, event, item, told) => told ? tell(area, tip, event, told) : hide(tip));
  await view.initialize(place).runAsync();
  const before = area.view;
  area.replaceChildren(place, tip);
  area.view = view;
  before?.finalize();
  walk(area, place, tip, title?.text ?? spec.description);
  fit(area, view);
};

const fit = (area, view) => {
  area.sized?.disconnect();
  let width = area.clientWidth;
  area.sized = new ResizeObserver(() => {
    if (!area.clientWidth || Math.abs(area.clientWidth - width) < 2) return;
    width = area.clientWidth;
    view.width(Math.max(width, 280)).runAsync();
  });
  area.sized.observe(area);
};

const put = (area, tip, x, y) => {
  tip.hidden = false;
  const room = area.getBoundingClientRect();
  const left = Math.min(Math.max(x - room.left + 12, 0), Math.max(room.width - tip.offsetWidth, 0));
  tip.style.left = `${left + area.scrollLeft}px`;
  tip.style.top = `${Math.max(y - room.top - tip.offsetHeight - 10, 0)}px`;
};
const hide = (tip) => { tip.hidden = true; };
const tell = (area, tip, event, told) => {
  const pairs = typeof told === "object" ? Object.entries(told) : [["", told]];
  tip.replaceChildren(...pairs.map(([name, value]) => {
    const row = element("div", "");
    row.append(element("span", "", name), element("b", "", String(value)));
    return row;
  }));
  put(area, tip, event.clientX, event.clientY);
};

/* A chart is one stop of the tab key; arrows walk its marks, each telling its figures. */
const walk = (area, place, tip, title) => {
  const svg = place.querySelector("svg");
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-roledescription", "chart");
  area.setAttribute("aria-label", `${title}. Arrow keys walk through its figures.`);
  const marks = () => [...svg.querySelectorAll('[role="graphics-symbol"][aria-label]')]
    .filter((each) => each.getAttribute("aria-label").includes(":"));
  let at = -1;
  const leave = () => { marks().forEach((each) => each.classList.remove("at")); at = -1; hide(tip); };
  area.onkeydown = (event) => {
    const all = marks(), step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { leave(); return; }
    if (!all.length || !(step || event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    all[at]?.classList.remove("at");
    at = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : (at + step + all.length) % all.length;
    if (at < 0) at = all.length - 1;
    all[at].classList.add("at");
    const box = all[at].getBoundingClientRect();
    tip.replaceChildren(...all[at].getAttribute("aria-label").split("; ").map((words) => {
      const row = element("div", ""), cut = words.indexOf(":");
      row.append(element("span", "", words.slice(0, cut)), element("b", "", words.slice(cut + 1).trim()));
      return row;
    }));
    put(area, tip, box.left + box.width / 2, box.top);
  };
  area.onblur = leave;
};
