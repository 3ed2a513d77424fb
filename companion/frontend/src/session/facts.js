import { goTo, place } from "../elements/go.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { attend } from "../agenda/presence.js" */
/** @import { follow } from "../agenda/provider.js" */

/** At most so long, in milliseconds, a tab that is back waits before it looks: after a restart all come back at once. */
const SPREAD = 1_500;

/**
 * What the server tells both partners. Most change a part of the page; the end of the talk changes the page itself. A tab
 * that slept through a fact learns it from the session's state when it takes its seat again; parts that want to look for
 * themselves then are told "seated" the first time and "back" each time after.
 * @param {AgendaBoard} board
 * @param {ReturnType<typeof attend>} presence
 * @param {ReturnType<typeof follow>} following
 */
export function hearFacts(board, presence, following) {
  /** @type {typeof following.seated} */
  let known = null;
  following.on(() => {
    if (!following.seated || following.seated === known) return;
    const kind = known ? "back" : "seated";
    known = following.seated;
    if (!turnTo(board, known.sessionState)) setTimeout(() => board.hear(kind), kind === "back" ? Math.random() * SPREAD : 0);
  });
  presence.onFact(({ kind }) => {
    if (!turnTo(board, kind === "resumed" ? "live" : kind)) board.hear(kind);
  });
}

/**
 * Shows that the session is in this state now, on another page if it must be.
 * @param {AgendaBoard} board
 * @param {string} state of the session; other kinds of facts change nothing here
 * @returns {boolean} whether this page is being left
 */
function turnTo(board, state) {
  const { wrapUp = "", beside = "", show = "" } = board.dataset;
  const isWrapUp = place() === wrapUp;
  if (state === "live") board.dataset.state = "live";
  const next = state === "over" && !isWrapUp ? wrapUp : state === "cancelled" ? show : state === "live" && isWrapUp ? beside : "";
  if (next) goTo(next);
  return next !== "";
}
