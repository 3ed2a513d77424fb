import { submit } from "../elements/go.js";
import { find, ref, say } from "../elements/markup.js";
import { finish } from "../elements/run.js";
import { letTurnOff, listenForKeys } from "../elements/shortcuts.js";
import { agendaKeys } from "./keys.js";
import { listenForSteps, stepsOf } from "./steps.js";
import { openDialog, viewsOf } from "./views.js";

/** @import { Agenda } from "../agenda/document.js" */
/** @import { follow } from "../agenda/provider.js" */
/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { PrivateNotes } from "../elements/private-notes.js" */
/** @import { UndoToast } from "../elements/undo-toast.js" */

const PATIENCE = 3000;

/**
 * Does what the elements ask for and what keys mean.
 * @param {AgendaBoard} board
 * @param {Agenda} agenda
 * @param {ReturnType<typeof follow>} following
 * @param {AbortSignal} signal when the board goes
 */
export function answerBoard(board, agenda, following, signal) {
  const steps = stepsOf(board, agenda);
  /** @type {Record<string, () => void>} */ const does = { ...viewsOf(board), ...steps };
  const toast = /** @type {UndoToast} */ (find(board, "undo-toast"));
  const wordsOf = (/** @type {Event} */ event) => String(/** @type {CustomEvent} */ (event).detail);
  board.addEventListener("undoable", (event) => toast.tell(wordsOf(event)));
  board.addEventListener("told", (event) => toast.tell(wordsOf(event), { canUndo: false }));
  board.addEventListener("said", (event) => say(ref(board, "said"), wordsOf(event)));
  board.addEventListener("private-note", (event) => {
    /** @type {PrivateNotes} */ (find(board, "private-notes")).addLine(wordsOf(event));
    toast.tell("Kept in your private notes", { canUndo: false });
  });
  board.addEventListener("wrap-up", () => openDialog("#end-dialog"));
  board.addEventListener("click", (event) => {
    const deed = /** @type {HTMLElement} */ (event.target).closest("[data-does]")?.getAttribute("data-does") ?? "";
    does[deed]?.();
  });
  board.addEventListener("submit", (event) => {
    // Whatever is talked about when they end it was talked about.
    if (/** @type {HTMLElement} */ (event.target).matches("[data-ends]")) finish(agenda);
    sendAfterSaving(event, following);
  });
  listenForKeys({ ...agendaKeys(board, agenda), a: () => does.agenda?.(), "?": () => does.keys?.(), z: steps.undo }, signal);
  listenForSteps(steps, signal);
  for (const box of board.querySelectorAll("input[data-keys]")) letTurnOff(/** @type {HTMLInputElement} */ (box));
}

/**
 * Lists are sent with the last words in them: first those are saved, or so long is waited.
 * @param {SubmitEvent} event
 * @param {ReturnType<typeof follow>} following
 */
function sendAfterSaving(event, following) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-after-saving]") || following.state.kind !== "saving") return;
  event.preventDefault();
  const end = following.on(({ kind }) => kind === "saved" && send());
  const timer = setTimeout(send, PATIENCE);
  function send() {
    end();
    clearTimeout(timer);
    submit(form);
  }
}
