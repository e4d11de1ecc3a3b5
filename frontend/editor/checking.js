// Marks where a query does not parse, as the server's own parser says.
import { linter } from "@codemirror/lint";
import { declare } from "./prefixes.js";

/** Milliseconds without a keystroke after which a query is checked. */
const PAUSE = 600;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export function checking(address, texts) {
  return linter((view) => faults(view, address, texts), { delay: PAUSE });
}

async function faults(view, address, texts) {
  const query = view.state.doc.toString();
  if (!query.trim()) return [];
  const body = new URLSearchParams({ query });
  const headers = { "Accept-Language": globalThis.document.documentElement.lang };
  const answer = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  if (!answer?.ok) return [];
  const fault = await answer.json();
  return fault.line ? [marked(view.state.doc, fault, texts)] : [];
}

function marked(document, fault, texts) {
  const line = document.line(Math.min(fault.line, document.lines));
  const place = Math.min(line.from + fault.column - 1, line.to);
  const from = place === line.to ? Math.max(line.from, place - 1) : place;
  const word = /^[\w:]+/.exec(document.sliceString(from, line.to))?.[0] ?? "";
  const actions = (fault.missing ?? []).map((prefix) => ({
    name: filled(texts.add, { prefix }),
    apply: (view) => declare(view, prefix),
  }));
  const to = Math.min(line.to, from + Math.max(1, word.length));
  return { from, to, severity: "error", message: filled(texts.place, fault), actions };
}
