import { complaintAbout, linesIn } from "../agenda/lines.js";
import { tell } from "./view.js";

/** @param {number} count @param {"talking point" | "action item" | "note"} what */
export const added = (count, what) => `${count} ${what}${count === 1 ? "" : "s"} added`;

/**
 * Many lines pasted into a field for one become as many entries. One line is left to the browser.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {(lines: string[]) => string | null} take adds them, as one step, and says what they became to whoever may undo it
 */
export function onPastedLines(field, take) {
  field.addEventListener("paste", (event) => {
    const lines = linesIn(/** @type {ClipboardEvent} */ (event).clipboardData?.getData("text/plain") ?? "");
    if (lines.length < 2) return;
    event.preventDefault();
    const complaint = complaintAbout(lines);
    const done = complaint ? null : take(lines);
    if (complaint) tell(field, "told", complaint);
    else if (done) tell(field, "undoable", done);
  });
}
