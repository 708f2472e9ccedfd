/* Moves the figures of an open page: the line of today as it is told, then the page's own figures. */
import { putBack, setAside } from "./figures.js";

(() => {
  const line = document.getElementById("live");
  if (!line || !window.EventSource) return;
  let shown = line.dataset.version, busy = false, wanted = null;

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  const PAUSE_MS = 700;
  const pause = () => new Promise((done) => { setTimeout(done, PAUSE_MS); });

  let held = false; /* nothing moves under a pointer that is down */
  document.addEventListener("pointerdown", () => { held = true; });
  for (const each of ["pointerup", "pointercancel"]) document.addEventListener(each, () => { held = false; });

  const refresh = async (version) => {
    wanted = version;
    if (busy) return;
    busy = true;
    while (wanted !== shown) {
      if (held) { await pause(); continue; }
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        if (!answer.ok) break;
        const fresh = parsed(await answer.text());
        const version = fresh.getElementById("live").dataset.version;
        if (held) { await pause(); continue; }
        if (version !== shown) swap(fresh);
        shown = version;
      } catch { break; }
      await pause();
    }
    busy = false;
  };

  /* A form is the same one if it does the same about the same thing. */
  const same = (form) => [form.getAttribute("action"), ...[...form.elements]
    .filter((each) => each.type === "hidden" && each.name !== "once")
    .map((each) => `${each.name}=${each.value}`)].join("&");
  const changed = (each) => each.type === "checkbox" ? each.checked !== each.defaultChecked
    : each.type !== "hidden" && "defaultValue" in each && each.value !== each.defaultValue;
  const written = (form) => form.contains(document.activeElement) || [...form.elements].some(changed);
  const folds = (main) => new Map([...main.querySelectorAll("details")].map(
    (each) => [each.querySelector("summary").textContent.replace(/\d+/g, ""), each]));

  /* What somebody writes in stays where it is, and so do focus and pointer; the rest is new. */
  const swap = (fresh) => {
    const from = fresh.querySelector("main"), to = document.querySelector("main");
    if (!from || !to) return;
    const scrolled = [...to.querySelectorAll(".box")].map((box) => box.scrollLeft);
    const aside = setAside();
    const opened = folds(to);
    folds(from).forEach((each, name) => { each.open = opened.get(name)?.open ?? each.open; });
    const made = new Map([...from.querySelectorAll("form")].map((form) => [same(form), form]));
    const top = (node, main) => { while (node.parentElement !== main) node = node.parentElement; return node; };
    const kept = new Map();
    for (const form of to.querySelectorAll("form")) {
      const match = written(form) && made.get(same(form));
      if (match) kept.set(top(match, from), top(form, to));
    }
    const stays = new Set(kept.values());
    [...to.childNodes].forEach((node) => { if (!stays.has(node)) node.remove(); });
    let next = to.firstChild;
    for (const node of [...from.childNodes]) {
      if (!kept.has(node)) { to.insertBefore(node, next); continue; }
      next = kept.get(node).nextSibling;
    }
    putBack(aside);
    [...to.querySelectorAll(".box")].forEach((box, at) => { box.scrollLeft = scrolled[at] || 0; });
  };

  /* A browser never asks again after an answer that is not a stream, such as the 503 of a stop. */
  const AGAIN_MS = 2000;
  let stream = null;
  const listen = () => {
    if (document.hidden || stream) return;
    stream = new EventSource(line.dataset.stream || "/live");
    stream.addEventListener("figures", (event) => {
      const told = JSON.parse(event.data);
      line.replaceChildren(...parsed(told.line).body.childNodes);
      if (told.version !== shown) refresh(told.version);
    });
    stream.onopen = () => line.classList.remove("quiet");
    stream.onerror = () => {
      line.classList.add("quiet");
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      setTimeout(listen, AGAIN_MS * (0.5 + Math.random()));
    };
  };
  /* A browser has six connections to a server: a page that nobody sees gives its own back. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; } else listen();
  });
  listen();
})();
