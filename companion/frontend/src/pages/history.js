/** The history of one session. While the session is open, `session.js` beside it brings the agenda to put things back. */
import "../elements/agenda-board.js";
import "../elements/past-list.js";
