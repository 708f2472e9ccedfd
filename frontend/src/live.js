/* Moves the figures of an open page: the line of today as it is told, then the page's own figures. */
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { ask, isDrawn } from "./figures.js";

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
        line.dataset.version = shown = version;
      } catch { break; }
      await pause();
    }
    busy = false;
  };

  const changed = (each) => each.type === "checkbox" ? each.checked !== each.defaultChecked
    : each.tagName === "SELECT" ? [...each.options].some((one) => one.selected !== one.defaultSelected)
    : each.type !== "hidden" && "defaultValue" in each && each.value !== each.defaultValue;
  const written = (form) => form.contains(document.activeElement) || [...form.elements].some(changed);

  /* Rows and figures change where they stand, so that nothing is lost of focus, selection or what
     the pointer is at. A form that somebody writes in stays as it is, a fold stays open, and so does
     a drawn chart, which asks for its figures itself. */
  const swap = (fresh) => {
    const from = fresh.querySelector("main"), to = document.querySelector("main");
    if (!from || !to) return;
    Idiomorph.morph(to, from, {
      morphStyle: "outerHTML",
      ignoreActiveValue: true,
      callbacks: {
        beforeNodeMorphed: (old, made) => {
          if (old instanceof HTMLFormElement && old.id === made.id && written(old)) return false;
          if (old instanceof HTMLDetailsElement) made.open = old.open;
          return !(isDrawn(old) && old.dataset.chart === made.dataset?.chart);
        },
        beforeNodeRemoved: (old) => !(old.querySelector?.("form") && [...old.querySelectorAll("form")].some(written)),
      },
    });
    ask();
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
