import * as Y from "yjs";

import { Agenda } from "../agenda/document.js";
import { attend } from "../agenda/presence.js";
import { follow } from "../agenda/provider.js";
import { openStore } from "../agenda/store.js";
import { connect } from "../agenda/wire.js";
import "../elements/all.js";
import { find } from "../elements/markup.js";
import { caretsOf } from "./carets.js";
import { answerBoard } from "./deeds.js";
import { hearFacts } from "./facts.js";
import { showState } from "./state.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { PrivateNotes } from "../elements/private-notes.js" */

/** @typedef {ReturnType<typeof follow>} Following */

const PATIENCE = 3000; // ms

/** @typedef {Awaited<ReturnType<typeof openBoard>>} Opened */

/**
 * Opens the document and the line of a session, and hands them to its board.
 * @param {AgendaBoard} board
 */
export async function openBoard(board) {
  const { session = "", person = "" } = board.dataset;
  const csrf = find(document, "meta[name=csrf]").getAttribute("content") ?? "";
  const doc = new Y.Doc();
  const store = await openStore(person, session);
  const socket = connect(session, { csrf });
  const following = follow({ doc, socket, store });
  const presence = attend({ socket, following });
  const agenda = new Agenda(doc, board.who.role);
  const ending = new AbortController();
  showState(board, following, presence);
  hearFacts(board, presence, following);
  const drawn = firstWords(following).then(() => {
    if (ending.signal.aborted) return;
    board.show({ agenda, who: board.who, talk: board.talk, carets: caretsOf(presence, board.who) });
    answerBoard(board, agenda, following, ending.signal);
  });
  return {
    drawn,
    /** Whether all that was written can be left: the server has it, or this device. Waits a while for the first. */
    settle: async () => {
      const notes = /** @type {NodeListOf<PrivateNotes>} */ (board.querySelectorAll("private-notes"));
      const kept = await Promise.all([...notes].map((each) => each.settle()));
      return (await isSafe(following)) && kept.every(Boolean);
    },
    /** Ends it, for a board that is about to go. What is unsaved stays on the device. */
    close() {
      ending.abort();
      presence.stop();
      following.stop();
    },
  };
}

/**
 * The board is drawn when the device's words, or the server's, are in the document: never empty over a page that is full.
 * @param {Following} following
 */
async function firstWords(following) {
  await following.ready;
  if (following.doc.store.clients.size > 0 || following.state.kind !== "opening") return;
  await until(following, ({ kind }) => kind !== "opening");
}

/** @param {Following} following */
async function isSafe(following) {
  const waits = () => following.state.kind === "saving" || following.state.kept === "writing";
  if (waits()) await Promise.race([until(following, () => !waits()), new Promise((late) => setTimeout(late, PATIENCE))]);
  return following.state.kept === "yes" || following.state.kind === "refused";
}

/**
 * @param {Following} following
 * @param {(state: Following["state"]) => boolean} fits
 */
function until(following, fits) {
  return new Promise((resolve) => {
    const end = following.on((state) => {
      if (!fits(state)) return;
      end();
      resolve(null);
    });
  });
}
