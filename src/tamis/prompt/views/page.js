"use strict";
(() => {
const $ = id => document.getElementById(id);
const D = JSON.parse($("data").textContent), n = D.lengths.length, text = D.text;
const KEPT = 1, CHOSEN = 2, PUNCT = 4, PREFERRED = 8, PINNED = 16, LINE = 2;

// Units: where each word starts and ends, what it scores and costs.
const starts = new Int32Array(n), ends = new Int32Array(n);
for (let i = 0, at = 0; i < n; i++) { starts[i] = at += D.skips[i]; ends[i] = at += D.lengths[i]; }
const has = (i, flag) => (D.flags[i] & flag) !== 0;
const score = i => D.scores[i] === null ? -Infinity : D.scores[i];
const rank = i => has(i, PINNED) ? 1 : 0;
const order = Array.from({length: n}, (_, i) => i).sort((a, b) => rank(b) - rank(a) || (score(b) > score(a)) - (score(b) < score(a)) || a - b);
const place = new Int32Array(n);
order.forEach((unit, i) => { place[unit] = i; });
const scale = D.original / Math.max(D.costs.reduce((a, b) => a + b, 0), 1);
const computed = Uint8Array.from(D.flags, f => f & KEPT);

// The heat of a word is the quantile of its score: scores of different methods have different scales.
const heat = new Uint8Array(n);
const ladder = order.slice().sort((a, b) => (score(a) > score(b)) - (score(a) < score(b)));
for (let i = 0; i < n;) {
  let j = i;
  while (j < n && score(ladder[j]) === score(ladder[i])) j++;
  for (let k = i; k < j; k++) heat[ladder[k]] = Math.min(9, Math.floor(5 * (i + j) / n));
  i = j;
}

// Selection by the ranking, with what each unit cannot do without, then what stays just because of others: as tamis
// does, but with costs that add up.
const groups = new Map(), needs = new Map(), R = D.relations;
if (R) {
  R.bonds.forEach((bond, i) => { groups.has(bond) ? groups.get(bond).push(i) : groups.set(bond, [i]); });
  for (const [i, parent] of R.needs) needs.has(i) ? needs.get(i).push(parent) : needs.set(i, [parent]);
}
function along(i, mask) { // what is to be added to a mask for a unit to stay
  const added = new Set([i]), rest = [i];
  while (rest.length) {
    const at = rest.pop();
    for (const j of R ? [...groups.get(R.bonds[at]), ...(needs.get(at) || [])] : [])
      if (!mask[j] && !added.has(j)) { added.add(j); rest.push(j); }
  }
  return added;
}
const chosen = size => { // the first units of the ranking, with what they cannot do without, and what joins them
  const mask = new Uint8Array(n);
  for (const i of order.slice(0, size)) if (!mask[i]) for (const j of along(i, mask)) mask[j] = 1;
  if (!R) return D.clean ? tidy(mask) : mask;
  const out = accompanied(mask);
  return D.clean ? out : out.map((keep, i) => keep | mask[i]);
};
const spent = mask => mask.reduce((sum, keep, i) => sum + keep * D.costs[i], 0) * scale;
function select(rate) { // the longest such beginning that fits
  let low = D.flags.filter(flags => flags & PINNED).length, high = n;
  if (spent(chosen(n)) <= rate * D.original + 1e-6) return chosen(n);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (spent(chosen(middle)) <= rate * D.original + 1e-6) low = middle; else high = middle;
  }
  return chosen(low);
}
function accompanied(mask) {
  const out = mask.slice(), other = new Uint8Array(n);
  for (const [i] of R.company) other[i] = 1;
  const some = sums(i => +(has(i, PINNED) || (!other[i] && mask[i] === 1)));
  const stays = (low, high) => high <= low || some[high] > some[low];
  for (const [i, forced, a, b, c, d] of R.company)
    out[i] = +(has(i, PINNED) || ((mask[i] === 1 || forced === 1) && stays(a, b) && stays(c, d)));
  return out;
}
const sums = keep => { const s = new Int32Array(n + 1); for (let i = 0; i < n; i++) s[i + 1] = s[i] + keep(i); return s; };
const had = sums(i => +!has(i, PUNCT));
function tidy(mask) {
  const kept = sums(i => +(!has(i, PUNCT) && mask[i] === 1)), orphan = new Uint8Array(n);
  for (const [i, low, high] of D.anchors) orphan[i] = +(had[high] > had[low] && kept[high] === kept[low]);
  const out = mask.slice();
  for (const [i, , , partner] of D.anchors) if (!has(i, PINNED) && (orphan[i] || !mask[partner] || orphan[partner])) out[i] = 0;
  return out;
}
function cut(spans) { let at = 0, out = ""; for (let i = 0; i < spans.length; i += 2) { at += spans[i]; out += text.slice(at, at += spans[i + 1]); } return out; }
function join(mask) {
  let out = "", last = -1;
  for (let i = 0; i < n; i++) {
    if (!mask[i]) continue;
    if (last < 0) out += text.slice(i ? starts[i] : 0, starts[i]); else out += between(last, i);
    out += text.slice(starts[i], ends[i]);
    last = i;
  }
  return last === n - 1 && n ? out + text.slice(ends[last]) : out;
}
const touches = i => i >= 0 && D.gaps[i] === 0;
function between(i, j) { // the strongest white space between two kept words
  let best = i, line = -1;
  for (let k = i; k < j; k++) { if (D.gaps[k] >= D.gaps[best]) best = k; if (D.gaps[k] >= LINE) line = k; }
  const opens = has(i, PUNCT) && touches(i) && !touches(i - 1), closes = has(j, PUNCT) && touches(j - 1);
  const gap = k => text.slice(ends[k], starts[k + 1]), lines = s => s.replace(/[^\n\r]*$/, "");
  if (line > best) return lines(gap(best)) + gap(line).slice(lines(gap(line)).length); // with the last line's indentation
  return (opens || closes) && D.gaps[best] < LINE ? "" : gap(best);
}

// Drawing
const spans = new Array(n);
function build() {
  const all = document.createDocumentFragment();
  let block = document.createElement("div"), inside = 0;
  if (!n) block.append(text);
  for (let i = 0; i < n; i++) {
    if (i === 0) block.append(text.slice(0, starts[0]));
    const span = spans[i] = document.createElement("span");
    span.textContent = text.slice(starts[i], ends[i]);
    span.className = `h${heat[i]}${has(i, PINNED) ? " p" : has(i, PREFERRED) ? " f" : ""}`;
    span.i = i;
    const gap = text.slice(ends[i], i + 1 < n ? starts[i + 1] : text.length);
    block.append(span, gap);
    if (++inside > 150 && D.gaps[i] >= LINE) { all.append(block); block = document.createElement("div"); inside = 0; }
  }
  all.append(block);
  $("text").append(all);
}
let mask = new Uint8Array(n).fill(1), exact = true;
function draw(next) {
  for (let i = 0; i < n; i++) if (next[i] !== mask[i]) spans[i].classList.toggle("d", !next[i]);
  mask = next;
  if (view() === "result") $("result").textContent = exact ? cut(D.spans) : join(mask);
}
const view = () => document.querySelector("[name=view]:checked").value;
const show = x => x.toLocaleString("en");
const percent = share => (100 * share).toFixed(1) + " %";
function say() {
  const spent = D.costs.reduce((sum, cost, i) => sum + (mask[i] ? cost : 0), 0) * scale;
  $("say").textContent = exact ? `${show(D.tokens)} tokens, ${percent(D.rate)}` : `about ${show(Math.round(spent))} tokens, ${percent(D.original ? spent / D.original : 1)}`;
  $("exact").hidden = exact;
  $("exact").textContent = `Back to ${percent(D.rate)}`;
}
function reset() { exact = true; $("rate").value = 100 * D.rate; draw(computed); say(); }
let waiting = 0;
$("rate").addEventListener("input", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => { exact = false; draw(select($("rate").value / 100)); say(); hide(); });
});
$("exact").addEventListener("click", reset);
const item = (...parts) => { const li = document.createElement("li"); li.append(...parts); return li; };
const mark = (word, classes) => { const s = document.createElement("span"); s.textContent = word; s.className = classes; return s; };
function legend() {
  const box = $("legend"), now = view();
  box.className = `legend ${now}`;
  if (now === "marks") {
    box.replaceChildren(item("kept"), item(mark("dropped", "d")));
    if (D.flags.some(f => f & PREFERRED)) box.append(item(mark("kept", "f"), ": found by a detector"));
    if (D.flags.some(f => f & PINNED)) box.append(item(mark("pinned", "p"), ": must stay"));
  } else if (now === "heat") box.replaceChildren(item("low", mark("", "ramp"), "high score, by rank"));
  else box.replaceChildren(item(exact ? "exactly what tamis returned" : "about what tamis would return at this rate"));
}
for (const radio of document.querySelectorAll("[name=view]")) radio.addEventListener("change", () => {
  const now = view();
  $("text").className = `text ${now}`;
  $("text").hidden = now === "result";
  $("result").hidden = now !== "result";
  hide(); draw(mask); legend();
});
$("rate").addEventListener("change", legend);
$("exact").addEventListener("click", legend);

// What is known about a word: under the pointer, or under the arrow keys.
const rules = new Map();
for (const [first, past, rule] of D.matches) for (let i = first; i < past; i++) rules.set(i, rules.has(i) ? `${rules.get(i)}, ${D.rules[rule]}` : D.rules[rule]);
let current = -1;
function hide() { $("tip").hidden = true; if (current >= 0) spans[current].classList.remove("at"); current = -1; }
function describe(i) {
  hide();
  current = i;
  spans[i].classList.add("at");
  const strength = has(i, PINNED) ? "pinned" : has(i, PREFERRED) ? "preferred" : "";
  const dropped = exact && has(i, CHOSEN) && !has(i, KEPT) || !exact && has(i, PUNCT) ? "punctuation" : "by score";
  const why = rules.has(i) ? ` (${rules.get(i)})` : "";
  const tip = $("tip"), word = document.createElement("b"), line = document.createElement("div"), more = document.createElement("div");
  word.textContent = spans[i].textContent;
  line.textContent = mask[i] ? `kept, ${strength || "by score"}${why}` : `dropped, ${dropped}${why}`;
  more.textContent = `score ${D.scores[i] === null ? "none" : D.scores[i].toFixed(3)}, place ${show(place[i] + 1)} of ${show(n)}, ${D.costs[i]} token${D.costs[i] === 1 ? "" : "s"}`;
  tip.replaceChildren(word, line, more);
  tip.hidden = false;
  const box = spans[i].getClientRects()[0], width = document.documentElement.clientWidth;
  if (!box) return;
  tip.style.left = `${Math.max(8, Math.min(box.left, width - tip.offsetWidth - 8)) + scrollX}px`;
  tip.style.top = `${scrollY + (box.top > $("controls").getBoundingClientRect().bottom + tip.offsetHeight + 8 ? box.top - tip.offsetHeight - 8 : box.bottom + 8)}px`;
}
$("text").addEventListener("pointerover", e => { if (e.target.i !== undefined) describe(e.target.i); });
$("text").addEventListener("pointerleave", hide);
$("text").addEventListener("blur", hide);
$("text").addEventListener("focus", () => { if (n && $("text").matches(":focus-visible")) describe(Math.max(current, 0)); });
$("text").addEventListener("keydown", e => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
  if (e.key === "Escape") hide();
  if (!step || !n) return;
  e.preventDefault();
  const next = Math.max(0, Math.min(n - 1, current + step));
  spans[next].scrollIntoView({block: "nearest"});
  describe(next);
});

// The rest: what was left out, copying, light and dark.
function lost() {
  const groups = new Map();
  for (const [start, length, rule] of D.sacrificed) groups.set(rule, [...(groups.get(rule) || []), text.slice(start, start + length)]);
  if (!groups.size) return;
  const box = $("lost");
  box.hidden = false;
  box.firstElementChild.textContent = "Left out, with or without the sentence around it: " + [...groups].map(([r, all]) => `${show(all.length)} ${D.rules[r]}`).join(", ");
  for (const [rule, all] of groups) {
    const p = document.createElement("p"), name = document.createElement("b");
    name.textContent = D.rules[rule] + " ";
    p.append(name, all.slice(0, 300).map(s => s.replace(/\s+/g, " ")).join(" · ") + (all.length > 300 ? ` and ${show(all.length - 300)} more` : ""));
    box.append(p);
  }
}
$("copy").addEventListener("click", async () => {
  const what = exact ? cut(D.spans) : join(mask);
  try { await navigator.clipboard.writeText(what); $("copy").textContent = "Copied"; } catch { $("copy").textContent = "Not allowed here"; }
  setTimeout(() => { $("copy").textContent = "Copy result"; }, 1500);
});
function theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").textContent = dark ? "Light" : "Dark";
}
const prefers = matchMedia("(prefers-color-scheme: dark)");
theme(prefers.matches);
prefers.addEventListener("change", e => theme(e.matches));
$("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme !== "dark"));
build(); lost(); reset(); legend();
$("controls").hidden = $("main").hidden = false;
})();
