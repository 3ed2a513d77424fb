/** The page of one session: finds its board and opens it. */
import { openBoard } from "../session/open.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */

const board = /** @type {AgendaBoard | null} */ (document.querySelector("agenda-board"));
if (board) openBoard(board);
