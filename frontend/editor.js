// Puts an editor over the field of a query. The field stays what the form sends.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";
import { completing } from "./editor/completing.js";
import { checking } from "./editor/checking.js";
import { colours, theme } from "./editor/look.js";
import { typing } from "./editor/typing.js";

const form = document.getElementById("query-form");
const field = form.elements.query;
const host = document.getElementById("editor");
const texts = JSON.parse(document.getElementById("query-texts").textContent);

const run = () => {
  form.requestSubmit();
  return true;
};
const extensions = [
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  sparql(),
  syntaxHighlighting(colours),
  theme,
  typing,
  EditorView.lineWrapping,
  EditorState.phrases.of(texts),
  autocompletion({ icons: false, override: completing(form.dataset, texts) }),
  checking(form.dataset.check, texts),
  keymap.of([{ key: "Mod-Enter", run }, ...completionKeymap, ...lintKeymap]),
  keymap.of([...defaultKeymap, ...historyKeymap]),
  EditorView.contentAttributes.of({
    "aria-label": document.getElementById("query-label").textContent,
    spellcheck: "false",
    tabindex: "0",
    autocapitalize: "off",
  }),
  EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    field.value = update.state.doc.toString();
    host.style.blockSize = "";
  }),
];

// In a shadow root styles are adopted, which a strict Content-Security-Policy allows.
const root = host.attachShadow({ mode: "open", delegatesFocus: true });
const view = new EditorView({
  parent: root,
  root,
  state: EditorState.create({ doc: field.value, extensions }),
});
// As high as the field, so that nothing moves, until somebody types.
host.style.blockSize = `${field.getBoundingClientRect().height}px`;
field.addEventListener("input", () => {
  const { doc } = view.state;
  view.dispatch({ changes: { from: 0, to: doc.length, insert: field.value } });
});
field.hidden = true;
host.hidden = false;
document.getElementById("editor-help").hidden = false;
document.getElementById("query-label").addEventListener("click", () => view.focus());
