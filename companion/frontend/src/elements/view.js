/**
 * What the page hands to its elements. Elements never meet the socket or the store.
 *
 * @import { Agenda } from "../agenda/document.js"
 * @import { Role } from "../agenda/shape.js"
 * @typedef {object} Who
 * @property {Role} role the reader's
 * @property {Role} partner the other one
 * @property {Record<Role, string>} names first names
 * @property {string} locale as en-GB
 * @property {string} zone the reader's, an IANA name
 *
 * @typedef {object} Talk when the session is planned for
 * @property {number} startsMs milliseconds of the Unix clock
 * @property {number} endsMs the planned end
 * @property {number} minutes
 *
 * @typedef {object} Carets who writes where; a field is named as "topic:<id>"
 * @property {(field: string) => {role: Role, caret: number, name: string} | null} at whose caret else is there
 * @property {(field: string, caret: number | null, typing: boolean) => void} tell where the reader's caret is
 * @property {() => boolean} isPartnerTyping anywhere in the agenda
 * @property {(fn: () => void) => () => void} observe
 *
 * @typedef {{agenda: Agenda, who: Who, talk: Talk, carets: Carets}} View
 */

/**
 * Calls `draw` now and after each change of the agenda, once a frame at most.
 * @param {View} view
 * @param {() => void} draw
 * @returns {() => void} ends it
 */
export function drawOn(view, draw) {
  let waiting = false;
  draw();
  return view.agenda.observe(() => {
    if (waiting) return;
    waiting = true;
    // A timer, not a frame: a window behind the call draws no frames, and must still be true when it is looked at.
    setTimeout(() => {
      waiting = false;
      draw();
    });
  });
}

/**
 * Tells the page about something.
 * @param {Element} from
 * @param {"undoable" | "told" | "said" | "private-note" | "wrap-up"} name
 * @param {string} [words]
 */
export function tell(from, name, words = "") {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: words }));
}
