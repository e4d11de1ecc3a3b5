// What is typed over a selection is put in by the editor itself. Chromium would keep the
// look of the text before in a `style` attribute, which Content-Security-Policy refuses.
import { EditorView } from "@codemirror/view";

export const typing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const range = view.state.selection.main;
    const replaces = event.inputType === "insertText" && event.data && !range.empty;
    if (!replaces || view.composing) return false;
    event.preventDefault();
    const insert = () => view.state.replaceSelection(event.data);
    const taken = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, range.from, range.to, event.data, insert));
    if (!taken) view.dispatch(insert(), { scrollIntoView: true, userEvent: "input.type" });
    return true;
  },
});
