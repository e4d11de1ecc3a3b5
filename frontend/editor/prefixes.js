// The prefixes that a query declares, and those that the server knows.
let known = {};

/** Keep the prefixes of the server, by name. */
export function keepPrefixes(prefixes) {
  known = prefixes;
}

/** Tell whether a query declares a prefix. */
export function declares(document, prefix) {
  const plain = prefix.replace(/[^\w-]/g, "");
  return new RegExp(`\\bPREFIX\\s+${plain}:`, "i").test(document.toString());
}

/** Return the change that declares a known prefix at the top, if it is not declared. */
export function declaration(document, prefix) {
  if (!known[prefix] || declares(document, prefix)) return null;
  return { from: 0, insert: `PREFIX ${prefix}: <${known[prefix]}>\n` };
}

/** Declare a prefix in an editor. */
export function declare(view, prefix) {
  const change = declaration(view.state.doc, prefix);
  if (change) view.dispatch({ changes: change, userEvent: "input.complete" });
}
