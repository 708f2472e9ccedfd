/* Charts of a page: asked for when they come into view, drawn by a bundle that is loaded then. */
const PENDING_MS = 1500;
const drawn = new WeakMap(); /* holder -> what was asked last, so that nothing is drawn twice */

const asked = async (holder) => {
  const answer = await fetch(holder.dataset.chart, { headers: { accept: "application/json" } });
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Error(told.detail || `The chart could not be made (${answer.status}).`);
  }
  return answer.text();
};

const say = (holder, words) => {
  const line = holder.querySelector(".chart-state");
  if (line) { line.textContent = words; line.hidden = !words; }
};

const show = async (holder) => {
  try {
    const [text, { draw }] = await Promise.all([asked(holder), import("./charts.js")]);
    const spec = JSON.parse(text), told = spec.usermeta ?? {};
    if (drawn.get(holder) !== text) {
      if (told.empty) say(holder, told.empty);
      else {
        await draw(holder.querySelector(".chart-area"), spec);
        say(holder, told.pending ? `${told.pending} more to come.` : [spec.title.subtitle].flat().join(" "));
      }
      drawn.set(holder, text);
    }
    holder.dataset.state = told.empty ? "empty" : told.pending ? "pending" : "drawn";
    if (told.pending && holder.isConnected) setTimeout(() => show(holder), PENDING_MS);
  } catch (error) {
    say(holder, error.message);
    holder.dataset.state = "failed";
  }
};

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    show(target);
  }
}, { rootMargin: "200px" });

const holders = () => [...document.querySelectorAll("[data-chart]")];
const watch = () => holders().forEach((each) => { if (!each.dataset.state) { each.dataset.state = "waiting"; seen.observe(each); } });

/* While an open page takes its new figures in, a drawn chart stays; then it asks for its own. */
export const isDrawn = (node) => node instanceof Element && node.matches("[data-chart]") && !!node.querySelector(".chart-area svg:not(.room)");
export const ask = () => {
  holders().filter(isDrawn).forEach(show);
  watch();
};
watch();

/* What is printed is drawn first: a chart below the screen has not been looked at yet. */
window.addEventListener("beforeprint", () => holders().forEach((each) => {
  if (each.dataset.state === "waiting") { seen.unobserve(each); show(each); }
}));
