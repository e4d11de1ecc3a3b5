// Looks at a page as a person would. Each function returns what is wrong, by selector.
const name = (element) => {
  const id = element.id ? `#${element.id}` : "";
  const kind = element.getAttribute("class") ? `.${element.getAttribute("class").split(" ").join(".")}` : "";
  return `${element.localName}${id}${kind} ${element.textContent.trim().slice(0, 40)}`;
};
const all = (selector) => [...document.querySelectorAll(selector)];
const labels = (selector) => all(selector).map((part) => getComputedStyle(part, "::before").content);
const some = (elements) => elements.slice(0, 6).map(name);
const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
/** Text for those who listen is clipped away, and so are the cells of a hidden row. */
const isForListeners = (element) => {
  for (let at = element; at; at = at.parentElement) {
    if (getComputedStyle(at).clipPath !== "none") return true;
  }
  return false;
};

/** The spacing that WCAG 1.4.12 lets readers set. */
const spaceOut = () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets.push(sheet);
};
const enlarge = (size) => { document.documentElement.style.fontSize = size; };

const tooWide = () => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = all("body *").filter((element) =>
    element.getBoundingClientRect().right > room + 1 && !element.closest(".scroll, .drawing-frame"));
  return some(wide.length ? wide : [document.body]);
};
/** Elements that hide a part of their own text. */
const cutOff = () => some(all("main *, header *, footer *").filter((element) => {
  const style = getComputedStyle(element);
  const hides = [style.overflowX, style.overflowY].some((way) => ["hidden", "clip"].includes(way));
  return hides && isShown(element) && !isForListeners(element) && !element.closest("svg, #editor")
    && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
}));
const scrolling = () => some(all("main *").filter((element) =>
  element.scrollWidth > element.clientWidth + 1
  && ["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX)
  && !isForListeners(element)));

const channels = (colour) => {
  const found = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  return colour === "none" || colour === "transparent" ? [0, 0, 0, 0] : [...found, 1].slice(0, 4);
};
const luminance = (colour) => {
  const [red, green, blue] = channels(colour).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (channels(colour)[3] > 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
/** Shapes and words of drawings that hardly differ from what is behind them. */
const faintShapes = () => some(all("main svg :is(text, .span, .bar, .box, .mark)")
  .filter((shape) => {
    const style = getComputedStyle(shape);
    const ground = behind(shape.closest("svg"));
    const needed = shape.localName === "text" ? 4.5 : 3;
    const inks = shape.localName === "text" ? [style.fill] : [style.fill, style.stroke];
    return !inks.some((ink) => channels(ink)[3] > 0 && contrast(ink, ground) >= needed);
  }));

/** Fields that nothing tells from what is behind them. */
const edgeless = () => some(all("input:not([type=hidden]), select, textarea").filter((field) =>
  isShown(field) && !isForListeners(field) && !parseFloat(getComputedStyle(field).borderInlineStartWidth)));

const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
/** What can be reached by keyboard and then is not seen, or lies below something else. */
const hiddenFocus = () => some(all(FOCUSABLE).filter(isShown).slice(0, 150).filter((element) => {
  element.focus({ focusVisible: true });
  element.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (document.activeElement !== element) return !element.closest("#editor") && !element.disabled;
  const style = getComputedStyle(element);
  const isMarked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = [...element.getClientRects()].find((part) => part.width && part.height);
  if (!box) return true;
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const isFree = !top || element.contains(top) || top.contains(element);
  return !isMarked || !isFree;
}));

const layoutShift = () => new Promise((resolve) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(moved), 50));
});
const moving = () => some([document.documentElement, ...all("body *")].filter((element) => {
  const style = getComputedStyle(element);
  return style.scrollBehavior === "smooth" || style.animationName !== "none"
    || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
}));

/** What a page says, without what scripts add or take over, and how long a thing takes. */
const content = () => {
  const copy = document.querySelector("main").cloneNode(true);
  copy.querySelectorAll("#editor, .copy, #query, .suggestions, script, [role=status][hidden], .suggestions + .visually-hidden").forEach((part) => part.remove());
  return copy.textContent.replace(/\d[\d.,]*/g, "0").replace(/\s+/g, " ").trim();
};

/** What should not be on paper and is, and what should be and is not. */
const printed = () => ({
  controls: some(all("nav, form:not(.query), button, .languages, .skip, .formats").filter(isShown)),
  folded: some(all("main details > :not(summary, button)").filter((part) =>
    isShown(part.parentElement) && !isShown(part))),
  addresses: some(all(".source-one a[href^=http]").filter((link) =>
    !getComputedStyle(link, "::after").content.includes("http"))),
  drawings: some(all("main svg :is(.bar, .span)").filter((shape) => !isShown(shape))),
});
