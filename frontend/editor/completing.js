// Completes prefixes, classes and properties by name or label, and things by label.
import { declaration, keepPrefixes } from "./prefixes.js";

/** Fewer letters than this match too many things to ask the server for. */
const ENOUGH = 3;
/** What of the vocabulary, and of the things, fits in a list that need not be scrolled. */
const OFFERED = { wide: [8, 4], narrow: [4, 2] };
const room = () => (matchMedia("(min-width: 40rem)").matches ? OFFERED.wide : OFFERED.narrow);
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

export function completing({ terms, suggest }, texts) {
  const language = document.documentElement.lang;
  const vocabulary = load(terms, language, texts);
  return [
    (context) => complete(context, vocabulary, texts),
    (context) => things(context, suggest, language),
  ];
}

async function load(address, language, texts) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return [];
  const { prefixes, terms } = await answer.json();
  keepPrefixes(prefixes);
  const named = terms.map(({ name, kind, labels }) => ({
    label: name,
    detail: `${labels[language]} (${texts[kind]})`,
    type: kind === "class" ? "class" : "property",
    apply: inserting(name),
    words: plain(`${name} ${Object.values(labels).join(" ")}`),
  }));
  const spaces = Object.entries(prefixes).map(([prefix, space]) => ({
    label: `${prefix}:`,
    detail: `${space} (${texts.prefix})`,
    type: "namespace",
    apply: inserting(`${prefix}:`),
    words: plain(prefix),
  }));
  return [...named, ...spaces];
}

async function complete(context, vocabulary, texts) {
  const word = context.matchBefore(/[?$]?[\p{L}\d_-]*:?[\p{L}\d_-]*/u);
  if (!word || (word.from === word.to && !context.explicit) || inText(context)) return null;
  const wanted = plain(word.text);
  const all = [...(await vocabulary), ...variables(context, word, texts)];
  const options = all
    .filter((option) => option.words.includes(wanted))
    .sort((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, room()[0]);
  return { from: word.from, options, filter: false };
}

/** What begins with the word comes first, then where a part of the name does. */
function rank(option, wanted) {
  const name = plain(option.label);
  if (name.startsWith(wanted)) return 0;
  return name.split(":").at(-1).startsWith(wanted) ? 1 : 2;
}

function variables(context, word, texts) {
  const before = context.state.doc.toString();
  const found = new Set(before.match(/[?$]\w+/g));
  found.delete(word.text);
  return [...found].map((label) => ({
    label,
    detail: texts.variable,
    type: "variable",
    words: plain(label),
  }));
}

async function things(context, address, language) {
  const word = context.matchBefore(/[\p{L}\d-]+/u);
  const before = word && context.state.sliceDoc(Math.max(0, word.from - 1), word.from);
  if (!word || word.text.length < ENOUGH || /[?$:<@]/.test(before) || inText(context)) return null;
  const parameters = new URLSearchParams({ q: word.text, lang: language });
  const abort = new AbortController();
  context.addEventListener("abort", () => abort.abort());
  const answer = await fetch(`${address}?${parameters}`, { signal: abort.signal }).catch(() => null);
  if (!answer?.ok) return null;
  const found = await answer.json();
  const options = found.slice(0, room()[1]).map(({ iri, prefixed, label, kind }) => ({
    label,
    detail: kind,
    type: "constant",
    apply: inserting(/^[a-z-]+:[\w-]+$/i.test(prefixed ?? "") ? prefixed : `<${iri}>`),
  }));
  return { from: word.from, options, filter: false };
}

/** Return what puts a name in, and declares its prefix at the top if nothing does. */
function inserting(name) {
  return (view, completion, from, to) => {
    const prefix = name.startsWith("<") ? "" : name.split(":")[0];
    const head = prefix && declaration(view.state.doc, prefix);
    const changes = [{ from, to, insert: name }, ...(head ? [head] : [])];
    const end = from + name.length + (head ? head.insert.length : 0);
    view.dispatch({ changes, selection: { anchor: end }, userEvent: "input.complete" });
  };
}

/** Tell whether a place lies within a string, an IRI or a comment, by its line. */
function inText(context) {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const bare = before.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|<[^<>\s]*>/g, "");
  return /["'#]|<[^<>\s]*$/.test(bare);
}
