// Leaves out of a style sheet what no page can use.
import postcss from "postcss";
import parser from "postcss-selector-parser";

/** Attributes by which NL Design System tells kinds of fields apart. */
const KINDS = new Set(["type", "autocomplete", "inputmode"]);

/**
 * Return CSS with the rules that the markup can match, under our own names of classes.
 *
 * A declaration whose tokens nobody sets is left out too: it would undo what `base.css`
 * says, and put nothing in its place.
 */
export function shake(css, markup, classes, ours) {
  const root = postcss.parse(css);
  const used = vocabulary(markup);
  root.walkRules((rule) => select(rule, used, classes));
  dropUnset(root, ours);
  root.walkAtRules((rule) => rule.nodes?.length === 0 && rule.remove());
  return root.toString();
}

/** Return the elements, the classes and the kinds of fields that the markup names. */
function vocabulary(markup) {
  const values = (pattern) => [...markup.matchAll(pattern)].map((match) => match[1]);
  const words = values(/class="([^"]*)"/g).flatMap((text) => text.match(/[\w-]+/g) ?? []);
  return {
    tags: new Set(values(/<([a-z][\w-]*)/g)),
    classes: new Set([...words, "utrecht-html", "regietafel-theme"]),
    kinds: new Set(values(/(?:type|autocomplete|inputmode)="([\w-]+)"/g)),
  };
}

function select(rule, used, classes) {
  if (rule.parent.name?.endsWith("keyframes")) return;
  const kept = parser((list) => list.each((one) => usable(one, used, classes) || one.remove()));
  const selector = kept.processSync(rule.selector);
  if (selector.trim()) rule.selector = selector;
  else rule.remove();
}

function usable(selector, used, classes) {
  let fits = true;
  selector.walk((node) => {
    if (node.type === "class") {
      node.value = classes[node.value] ?? node.value;
      fits &&= used.classes.has(node.value);
    } else if (node.type === "tag") fits &&= used.tags.has(node.value);
    else if (node.type === "attribute" && KINDS.has(node.attribute))
      fits &&= used.kinds.has(node.value);
    else if (node.value === ":lang") fits = false;
  });
  return fits;
}

/** Drop declarations of unset tokens until none is left, then tokens nobody reads. */
function dropUnset(root, ours) {
  for (let before = -1, count = 0; before !== count; ) {
    before = count;
    const set = tokens(`${root} ${ours}`, /(--[\w-]+)\s*:/g);
    root.walkDecls((item) => resolves(item.value, set) || (item.remove(), count++));
    root.walkRules((rule) => rule.nodes.length === 0 && rule.remove());
  }
}

const tokens = (text, pattern) => new Set([...text.matchAll(pattern)].map((match) => match[1]));

/** Tell whether every var() of a value is set, or falls back on something that is. */
function resolves(value, set) {
  const start = value.indexOf("var(");
  if (start < 0) return true;
  let depth = 0;
  let end = start + 3;
  do {
    depth += { "(": 1, ")": -1 }[value[end]] ?? 0;
    end++;
  } while (depth && end < value.length);
  const inner = value.slice(start + 4, end - 1);
  const comma = inner.indexOf(",");
  const name = (comma < 0 ? inner : inner.slice(0, comma)).trim();
  const holds = set.has(name) || (comma >= 0 && resolves(inner.slice(comma + 1), set));
  return holds && resolves(value.slice(end), set);
}
