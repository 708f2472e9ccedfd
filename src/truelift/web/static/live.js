/* Moves the figures of an open page: the line of today as it is told, then the page's own figures. */
"use strict";
(() => {
  const line = document.getElementById("live");
  if (!line || !window.EventSource) return;
  let shown = line.dataset.version, busy = false, wanted = null;

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  const PAUSE_MS = 700;
  const pause = () => new Promise((done) => { setTimeout(done, PAUSE_MS); });

  const refresh = async (version) => {
    wanted = version;
    if (busy) return;
    busy = true;
    while (wanted !== shown) {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        if (!answer.ok) break;
        const fresh = parsed(await answer.text());
        const version = fresh.getElementById("live").dataset.version;
        if (version !== shown) swap(fresh);
        shown = version;
      } catch { break; }
      await pause();
    }
    busy = false;
  };

  const swap = (fresh) => {
    const from = fresh.querySelector("main"), to = document.querySelector("main");
    if (!from || !to) return;
    const scrolled = [...to.querySelectorAll(".box")].map((box) => box.scrollLeft);
    const form = to.querySelector("form:focus-within"), made = from.querySelector("form");
    const focused = document.activeElement; /* before the form is taken out, which ends its focus */
    if (form && made) made.replaceWith(form);
    to.replaceChildren(...from.childNodes);
    if (form && focused) focused.focus();
    [...to.querySelectorAll(".box")].forEach((box, at) => { box.scrollLeft = scrolled[at] || 0; });
  };

  /* A browser never asks again after an answer that is not a stream, such as the 503 of a stop. */
  const AGAIN_MS = 2000;
  const listen = () => {
    const stream = new EventSource("/live");
    stream.addEventListener("figures", (event) => {
      const told = JSON.parse(event.data);
      line.replaceChildren(...parsed(told.line).body.childNodes);
      if (told.version !== shown) refresh(told.version);
    });
    stream.onopen = () => line.classList.remove("quiet");
    stream.onerror = () => {
      line.classList.add("quiet");
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS * (0.5 + Math.random()));
    };
  };
  listen();
})();
