/* Keys: the palette (Ctrl or Cmd K), the list of keys (?), ways between pages and rows. The places
   and keys come from the server, as the pages /palette and /keys have them. */
const WAIT_MS = 120, NEXT_KEY_MS = 1500, SHOWN = 60;

const made = (name, about = {}, ...inside) => {
  const each = document.createElement(name);
  for (const [key, value] of Object.entries(about)) each.setAttribute(key, value);
  each.append(...inside);
  return each;
};

/* The address names the brand: /b/NAME before the page, nothing for the first one. */
const base = location.pathname.match(/^\/b\/[^/]+/)?.[0] ?? "";

let places = null;
const known = () => places ??= fetch(`${base}/palette.json`).then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status))
  .catch((error) => { places = null; throw error; });

/* How well a name fits what is typed, as the server ranks it (web/palette.py); 4 is not at all. */
const fit = (name, typed) => {
  if (name.startsWith(typed)) return 0;
  if (name.split(/[-_\s]+/).some((word) => word.startsWith(typed))) return 1;
  if (name.includes(typed)) return 2;
  let at = 0;
  for (const letter of name) if (letter === typed[at]) at += 1;
  return at === typed.length ? 3 : 4;
};
const best = (rows, typed) => {
  const words = typed.trim().toLowerCase();
  if (!words) return rows.slice(0, SHOWN);
  return rows.map((row) => [fit(row.name.toLowerCase(), words), row]).filter(([rank]) => rank < 4)
    .sort(([left], [right]) => left - right).slice(0, SHOWN).map(([, row]) => row);
};

const dialog = (name, title) => {
  const box = made("dialog", { class: name, "aria-label": title });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  return box;
};

const palette = async () => {
  const box = dialog("palette", "Go to");
  const field = made("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "places",
    "aria-autocomplete": "list", "aria-label": "Page, campaign or creator", placeholder: "Page, campaign or creator", autocomplete: "off" });
  const list = made("ul", { id: "places", role: "listbox", "aria-label": "Places" });
  const state = made("p", { class: "state", role: "status" });
  box.append(field, list, state);
  box.showModal();
  let rows = [], at = 0, asked = 0;
  const mark = () => {
    [...list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
    const one = list.children[at];
    if (one) { field.setAttribute("aria-activedescendant", one.id); one.scrollIntoView({ block: "nearest" }); }
    else field.removeAttribute("aria-activedescendant");
  };
  const go = () => { if (rows[at]) location.assign(base + rows[at].href); };
  const show = (found) => {
    rows = found; at = 0;
    list.replaceChildren(...rows.map((row, index) => {
      const each = made("li", { id: `place-${index}`, role: "option" }, made("span", {}, row.name), made("small", {}, row.kind));
      each.addEventListener("click", () => { at = index; go(); });
      return each;
    }));
    state.textContent = rows.length ? "" : "Nothing has this name.";
    mark();
  };
  const filter = async () => {
    const told = await known(), mine = ++asked;
    show(best(told.rows, field.value));
    if (!told.more || !field.value.trim()) return;
    await new Promise((done) => { setTimeout(done, WAIT_MS); });
    if (mine !== asked) return;
    const answer = await fetch(`${base}/palette.json?${new URLSearchParams({ search: field.value })}`);
    if (answer.ok && mine === asked) show((await answer.json()).rows.slice(0, SHOWN));
  };
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) { event.preventDefault(); at = (at + step + rows.length) % rows.length; mark(); }
    if (event.key === "Enter") { event.preventDefault(); go(); }
  });
  state.textContent = "Reading the list of places.";
  await filter().catch(() => { state.textContent = "The list of places could not be read."; });
};

const keys = async () => {
  const told = await known(), box = dialog("palette keys", "Keys");
  const close = made("button", { type: "button" }, "Close");
  close.addEventListener("click", () => box.close());
  box.append(made("h2", {}, "Keys"), made("dl", { class: "keys" }, ...told.keys.map(([key, words]) =>
    made("div", {}, made("dt", {}, made("kbd", {}, key)), made("dd", {}, words)))), close);
  box.showModal();
};

/* Rows of the tables of a page: one is marked, and its first link has the focus. */
let row = null;
const move = (step) => {
  const all = [...document.querySelectorAll("main tbody tr")];
  if (!all.length) return;
  const from = all.indexOf(document.activeElement?.closest?.("main tbody tr") ?? row);
  const at = from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + step, 0), all.length - 1);
  row?.classList.remove("at");
  row = all[at];
  row.classList.add("at");
  const first = row.querySelector("a, button, input, select");
  if (first) first.focus({ preventScroll: true });
  else { row.tabIndex = -1; row.focus({ preventScroll: true }); }
  row.scrollIntoView({ block: "nearest" });
};
const explain = () => {
  const mine = document.activeElement?.closest?.("main tr") ?? row;
  const link = (mine?.isConnected ? mine : document).querySelector('a[href*="/explain?"]');
  if (link) location.assign(link.href);
};

const writing = (each) => each.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(each.tagName) && each.type !== "checkbox";
let goes = 0;
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    palette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
  if (event.timeStamp < goes) {
    goes = 0;
    known().then(({ go }) => { if (go[event.key]) location.assign(base + go[event.key]); }, () => {});
    return;
  }
  const does = {
    g: () => { goes = event.timeStamp + NEXT_KEY_MS; known().catch(() => {}); },
    "?": () => keys().catch(() => location.assign(`${base}/keys`)),
    j: () => move(1), k: () => move(-1), e: explain,
    "/": () => document.querySelector("main form.filter :is(select, input:not([type=hidden]))")?.focus(),
  }[event.key];
  if (does) { event.preventDefault(); does(); }
});
