// Every visible element of a page that a person could point at, with its box in CSS pixels, role, name and state.
// What another element covers (its middle belongs to something else) is marked, not left out.
() => {
  const INPUTS = { checkbox: "checkbox", radio: "radio", range: "slider", submit: "button", button: "button", reset: "button",
    image: "button", file: "button", color: "button", search: "searchbox", number: "spinbutton" };
  const TAGS = { A: "link", BUTTON: "button", SELECT: "combobox", TEXTAREA: "textbox", SUMMARY: "button", IMG: "image", H1: "heading",
    H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading", OPTION: "option", TH: "columnheader", TD: "cell",
    LABEL: "label", LI: "listitem", svg: "icon", I: "icon" };
  const CONTROLS = ["link", "button", "checkbox", "radio", "slider", "switch", "tab", "menuitem", "option", "combobox", "textbox",
    "searchbox", "spinbutton", "treeitem", "menuitemcheckbox", "menuitemradio"];
  const words = (text) => (text || "").replace(/\s+/g, " ").trim();
  const role = (e) => {
    const given = (e.getAttribute("role") || "").split(" ")[0];
    if (given && !["presentation", "none", "img"].includes(given)) return given;
    if (given === "img") return "icon";
    if (e.tagName === "INPUT") return INPUTS[e.type] || (e.type === "hidden" ? "" : "textbox");
    if (e.tagName === "A" && !e.hasAttribute("href") && !e.onclick) return "text";
    if (e.tagName === "I" && words(e.textContent)) return "text";
    if (e.isContentEditable && (!e.parentElement || !e.parentElement.isContentEditable)) return "textbox";
    return TAGS[e.tagName] || "text";
  };
  const labelled = (e) => {
    const ids = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const named = ids.map((id) => document.getElementById(id)).filter(Boolean).map((other) => words(other.textContent)).join(" ");
    const labels = e.labels ? Array.from(e.labels).map((other) => words(other.innerText)).join(" ") : "";
    return named || words(e.getAttribute("aria-label")) || labels;
  };
  const name = (e, text) => {
    const image = e.querySelector && e.querySelector("img[alt], svg title, [aria-label]");
    const inner = image ? words(image.getAttribute("alt") || image.getAttribute("aria-label") || image.textContent) : "";
    const value = e.tagName === "INPUT" && ["submit", "button", "reset"].includes(e.type) ? e.value : "";
    if (e.tagName === "SELECT") text = words(e.getAttribute("title")) || text;
    return labelled(e) || text || words(value) || words(e.getAttribute("alt")) || words(e.getAttribute("placeholder"))
      || words(e.getAttribute("title")) || inner;
  };
  const state = (e) => {
    const result = {};
    if (e.checked || e.getAttribute("aria-checked") === "true") result.checked = true;
    if (e.disabled || e.getAttribute("aria-disabled") === "true") result.disabled = true;
    if (e.getAttribute("aria-expanded")) result.expanded = e.getAttribute("aria-expanded") === "true";
    if (e.getAttribute("aria-selected") === "true" || e.getAttribute("aria-current")) result.selected = true;
    if (e === document.activeElement && e !== document.body) result.focused = true;
    if (typeof e.value === "string" && ["INPUT", "TEXTAREA", "SELECT"].includes(e.tagName)) result.value = (e.tagName === "SELECT" ? shownText(e) : e.value).slice(0, 200);
    if (e.placeholder) result.placeholder = words(e.placeholder);
    return result;
  };
  const drawn = (e) => {
    const style = getComputedStyle(e);
    const cut = /^rect\(0px,? 0px,? 0px,? 0px\)$/.test(style.clip) || /^inset\((50|100)%/.test(style.clipPath);  // for screen readers only
    return !cut && style.visibility === "visible" && style.display !== "none" && Number(style.opacity) > 0.05;
  };
  const LIGATURES = /material (icons|symbols)/i;  // fonts that draw a picture for a word
  const ligature = (e) => {
    const style = getComputedStyle(e);
    return LIGATURES.test(style.fontFamily) && words(e.textContent) && e.getBoundingClientRect().width <= 1.6 * parseFloat(style.fontSize);
  };
  const iconic = (e) => {  // an icon font's glyph, a background picture, a sprite
    if (e.tagName === "svg" || e.tagName === "IMG") return true;
    if (ligature(e)) return true;
    const before = getComputedStyle(e, "::before").content;
    const picture = getComputedStyle(e).backgroundImage;
    return /[\ue000-\uf8ff\u{f0000}-\u{ffffd}]/u.test(before || "") || (picture.startsWith("url") && e.clientWidth <= 64);
  };
  const glyph = (e) => {  // what draws the picture of an element: a name with its pack where a page says so, else a class or a file
    const parts = [e, ...Array.from(e.querySelectorAll ? e.querySelectorAll("[data-glyph],i,svg,span,img") : []).slice(0, 12)];
    const part = parts.find((one) => one.getAttribute("data-glyph") || iconic(one));
    if (!part) return "";
    if (part.getAttribute("data-glyph")) return part.getAttribute("data-glyph");
    if (ligature(part)) return `material-icons ${words(part.textContent)}`;
    const used = part.querySelector && part.querySelector("use");
    const file = part.getAttribute("src") || (used && (used.getAttribute("href") || used.getAttribute("xlink:href"))) || "";
    if (file) return file.startsWith("data:") ? "" : file.split("?")[0].split(/[/#]/).pop();
    return words(part.getAttribute("class") || part.getAttribute("data-icon") || part.getAttribute("name") || "").slice(0, 120);
  };
  const shownText = (e) => {  // without words that a font draws as pictures; of a list what is chosen in it
    if (e.tagName === "SELECT") return words(e.selectedOptions.length ? e.selectedOptions[0].text : "");
    let text = e.innerText || "";
    for (const one of [e, ...e.querySelectorAll("i,span")]) if (ligature(one)) text = text.replace(one.textContent, " ");
    return words(text).replace(/[\ue000-\uf8ff]/g, "").trim();
  };
  const rows = new Map();
  const rowOf = (e) => {
    const row = e.closest && e.closest("tr,[role=row],li,[data-row]");
    if (!row) return -1;
    if (!rows.has(row)) rows.set(row, rows.size);
    return rows.get(row);
  };
  const LANDMARKS = { NAV: "navigation", HEADER: "header", FOOTER: "footer", ASIDE: "sidebar", MAIN: "main", DIALOG: "dialog", TABLE: "table", FORM: "form",
    FIELDSET: "group" };
  const KNOWN = { navigation: "navigation", banner: "header", contentinfo: "footer", complementary: "sidebar", dialog: "dialog", toolbar: "toolbar",
    table: "table", grid: "table", menu: "menu", menubar: "menu bar", tablist: "tab bar", form: "form", alertdialog: "dialog" };
  const areaOf = (e) => {
    for (let one = e.parentElement; one; one = one.parentElement) {
      const area = KNOWN[(one.getAttribute("role") || "").split(" ")[0]] || LANDMARKS[one.tagName];
      if (area) return area;
    }
    return "";
  };
  const boxed = (e) => {
    const style = getComputedStyle(e);
    const filled = !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor) || style.backgroundImage.includes("gradient");
    const edged = ["Top", "Bottom", "Left", "Right"].every((side) => parseFloat(style[`border${side}Width`]) > 0);
    return filled || edged && !/^(transparent|rgba\(.*, 0\))$/.test(style.borderTopColor) || style.boxShadow !== "none";
  };
  const own = (e) => Array.from(e.childNodes).some((child) => child.nodeType === 3 && child.textContent.trim());
  const boxOf = (e, kind) => {
    let rect = e.getBoundingClientRect();
    if (kind === "text") {  // of a paragraph its first line, which is what is read and pointed at
      const range = document.createRange();
      range.selectNodeContents(e);
      const lines = Array.from(range.getClientRects()).filter((line) => line.width > 2 && line.height > 2);
      if (lines.length) {  // all of its pieces on that line
        const row = lines.filter((line) => Math.abs(line.top + line.bottom - lines[0].top - lines[0].bottom) < lines[0].height);
        const left = Math.min(...row.map((l) => l.left)), right = Math.max(...row.map((l) => l.right));
        const top = Math.min(...row.map((l) => l.top)), bottom = Math.max(...row.map((l) => l.bottom));
        rect = { left, right, top, bottom, width: right - left, height: bottom - top };
      }
    } else if (e.tagName === "A" && getComputedStyle(e).display === "inline") {
      const lines = Array.from(e.getClientRects()).filter((line) => line.width > 2 && line.height > 2);
      if (lines.length > 1) rect = lines[0];
    }
    const left = Math.max(0, rect.left), top = Math.max(0, rect.top);
    const right = Math.min(innerWidth, rect.right), bottom = Math.min(innerHeight, rect.bottom);
    const whole = rect.width * rect.height;
    return { box: [left, top, right, bottom], share: whole ? Math.max(0, right - left) * Math.max(0, bottom - top) / whole : 0 };
  };
  const within = (inner, outer) => {  // through shadow roots
    for (let e = inner; e; e = e.parentNode || e.host) if (e === outer) return true;
    return false;
  };
  const topmost = (e, box, root) => {
    const hit = (root.elementFromPoint ? root : document).elementFromPoint((box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
    return !!hit && (within(hit, e) || within(e, hit) && !CONTROLS.includes(role(hit)) || Array.from(e.labels || []).some((l) => within(hit, l)));
  };
  const all = [];
  const visit = (root) => {
    for (const e of root.querySelectorAll("*")) {
      if (e.shadowRoot) visit(e.shadowRoot);
      const kind = role(e);
      const control = CONTROLS.includes(kind);
      if (e.parentElement && ligature(e.parentElement)) continue;
      const picture = !control && iconic(e) && !(e.closest && e.closest("a,button,[role=button]") && e.tagName !== "IMG");
      if (!control && !picture && !own(e)) continue;
      if (e.closest && e.tagName !== "svg" && e.closest("svg")) continue;
      if (kind === "option" && e.tagName === "OPTION") continue;
      if (!drawn(e)) continue;
      const text = control || kind === "heading" || own(e) ? (picture ? "" : shownText(e).slice(0, 300)) : "";
      const { box, share } = boxOf(e, control || picture ? kind : "text");
      if (share < 0.6 || box[2] - box[0] < 4 || box[3] - box[1] < 4) continue;
      all.push({ box, role: picture ? (e.tagName === "IMG" ? "image" : "icon") : kind, name: name(e, text).slice(0, 300), text, state: state(e),
        control, picture: picture || (control && !text && !["textbox", "searchbox", "combobox", "checkbox", "radio", "slider", "spinbutton"].includes(kind)),
        top: topmost(e, box, root), inline: getComputedStyle(e).display === "inline", tag: e.tagName.toLowerCase(),
        icon: control || picture ? glyph(e) : "", row: rowOf(e), area: areaOf(e), boxed: control && boxed(e) });
    }
  };
  visit(document);
  return { elements: all, size: [innerWidth, innerHeight], ratio: devicePixelRatio, title: document.title, lang: document.documentElement.lang || "", url: location.href };
}
