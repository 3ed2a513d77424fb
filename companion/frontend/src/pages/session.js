/** The page of one session: finds its board, opens the document and the line, and hands them over. */
import * as Y from "yjs";

import { Agenda } from "../agenda/document.js";
import { attend } from "../agenda/presence.js";
import { follow } from "../agenda/provider.js";
import { openStore } from "../agenda/store.js";
import { connect } from "../agenda/wire.js";
import "../elements/all.js";
import { find } from "../elements/markup.js";
import { caretsOf } from "../session/carets.js";
import { carryAgreement } from "../session/agreement.js";
import { answerBoard } from "../session/deeds.js";
import { tellOfDrafts } from "../session/drafts.js";
import { hearFacts } from "../session/facts.js";
import { showState } from "../session/state.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */

const board = /** @type {AgendaBoard | null} */ (document.querySelector("agenda-board"));
if (board) open(board);

/** @param {AgendaBoard} page */
async function open(page) {
  const { session = "", person = "" } = page.dataset;
  const csrf = find(document, "meta[name=csrf]").getAttribute("content") ?? "";
  const doc = new Y.Doc();
  const store = await openStore(person, session);
  const socket = connect(session, { csrf });
  const following = follow({ doc, socket, store });
  const presence = attend({ socket, following });
  const agenda = new Agenda(doc, page.who.role);
  showState(page, following, presence);
  hearFacts(page, presence, following);
  await firstWords(following);
  const carets = caretsOf(presence, page.who);
  page.show({ agenda, who: page.who, talk: page.talk, carets });
  tellOfDrafts(page, carets);
  answerBoard(page, agenda, following);
  carryAgreement(page, socket);
}

/**
 * The board is drawn when the device's words, or the server's, are in the document: never empty over a page that is full.
 * @param {ReturnType<typeof follow>} following
 */
async function firstWords(following) {
  await following.ready;
  if (following.doc.store.clients.size > 0 || following.state.kind !== "opening") return;
  await new Promise((resolve) => {
    const end = following.on(({ kind }) => {
      if (kind === "opening") return;
      end();
      resolve(null);
    });
  });
}
