// The colours of the editor, by the variables of base.css, so that they follow its theme.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--code-word)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-text)" },
  { tag: [tags.number, tags.bool], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.url, tags.namespace, tags.typeName, tags.atom], color: "var(--link)" },
  {
    tag: [tags.variableName, tags.special(tags.variableName)],
    color: "var(--code-variable)",
    // A line may end after a question mark, even that of a variable.
    whiteSpace: "nowrap",
  },
]);

export const theme = EditorView.theme({
  "&": {
    backgroundColor: "var(--paper)",
    border: "1px solid var(--strong-line)",
    borderRadius: "var(--radius)",
    blockSize: "100%",
    maxBlockSize: "var(--editor-most, 28rem)",
    color: "var(--ink)",
    fontSize: "0.9375rem",
  },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { overflow: "auto", fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content, .cm-gutter": { minHeight: "var(--editor-least, 11rem)" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "0.6rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { backgroundColor: "var(--badge)" },
  ".cm-gutters": {
    backgroundColor: "var(--sunk)",
    borderRight: "1px solid var(--line)",
    borderStartStartRadius: "var(--radius)",
    borderEndStartRadius: "var(--radius)",
    color: "var(--muted)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--badge)",
    color: "var(--on-badge)",
    outline: "1px solid var(--strong-line)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    border: "1px solid var(--strong-line)",
    borderRadius: "var(--radius)",
    color: "var(--ink)",
    maxWidth: "min(90vw, 40rem)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    alignItems: "baseline",
    columnGap: "0.6rem",
    display: "flex",
    flexWrap: "wrap",
    lineHeight: "1.4",
    padding: "0.3rem 0.6rem",
    whiteSpace: "normal",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--link)",
    color: "var(--paper)",
  },
  ".cm-completionLabel": { fontFamily: "var(--mono)" },
  ".cm-completionDetail": {
    fontFamily: "var(--sans)",
    fontStyle: "normal",
    marginInlineStart: 0,
    minWidth: 0,
    overflowWrap: "anywhere",
  },
  ".cm-diagnostic": { fontFamily: "var(--sans)", padding: "0.4rem 0.8rem" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--link)",
    color: "var(--paper)",
    font: "inherit",
    padding: "0.1rem 0.5rem",
  },
});
