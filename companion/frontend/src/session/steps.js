import { tell } from "../elements/view.js";

/** @import { Agenda } from "../agenda/document.js" */
/** @import { AgendaBoard } from "../elements/agenda-board.js" */

/**
 * Going back and forth in one's own steps. It is said, too: what comes or goes may be anywhere on the page.
 * @param {AgendaBoard} board
 * @param {Agenda} agenda
 */
export function stepsOf(board, agenda) {
  return {
    undo: () => tell(board, "said", agenda.undo() ? "Taken back" : "Nothing to take back"),
    redo: () => tell(board, "said", agenda.redo() ? "Done again" : "Nothing to do again"),
  };
}

/**
 * The keys that people know from elsewhere. In a field they are the field's: a line's, or the browser's own.
 * @param {ReturnType<typeof stepsOf>} steps
 * @param {AbortSignal} signal ends it
 */
export function listenForSteps({ undo, redo }, signal) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
    const isElsewhere = !(/** @type {HTMLElement} */ (target).matches?.("input, textarea, select"));
    if (!isElsewhere || altKey || !(ctrlKey || metaKey) || document.querySelector("dialog[open]")) return;
    const isRedo = (key.toLowerCase() === "z" && shiftKey) || (key.toLowerCase() === "y" && ctrlKey);
    if (!isRedo && key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (isRedo) redo();
    else undo();
  };
  document.addEventListener("keydown", listen, { signal });
}
