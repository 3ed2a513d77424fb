import * as Y from "yjs";

import { Outbox } from "./outbox.js";
import { askRoom } from "./sync.js";
import { onCut, onLeave, onWake } from "./wake.js";
import { isFinal } from "./wire.js";
import { wordsIn } from "./words.js";

/**
 * @import { Socket } from "socket.io-client"
 * @import { Keeping, Store } from "./store.js"
 * @import { Answer, Seated } from "./sync.js"
 *
 * @typedef {"opening" | "saved" | "saving" | "offline" | "refused"} Kind
 * @typedef {"signed_out" | "removed" | "closed" | "bad" | "too_big" | "restored"} Why
 *   restored: the server's document is an older one, from a backup; this tab's cannot be joined with it
 * @typedef {object} State
 * @property {Kind} kind saved: the server has proved to have every edit of this tab
 * @property {Keeping} kept whether what is unsaved is on this device; "yes" when nothing is
 * @property {Why | null} why the agenda takes no edits from this tab any more
 */

const SYNC_TIMEOUT = 8_000;
const BUSY_PAUSE = 1_500;
/** A server that keeps missing what we keep sending has lost a part of the document for good. */
const MOST_MISSING = 3;
/** @type {Set<unknown>} */ const ENDINGS = new Set(["closed", "removed", "signed_out", "bad", "too_big"]);

/**
 * Keeps a document and its session's room the same, through reloads, sleep, dropped lines and restarted servers.
 * @param {{doc: Y.Doc, socket: Socket, store: Store}} ends
 */
export function follow({ doc, socket, store }) {
  return new Following(doc, socket, store);
}

/** Origin of what comes from this device's store. */
const STORE = Symbol("kept on this device");

class Following {
  /** @type {Seated | null} what the room said when it last gave us a seat */ seated = null;
  /** @type {Promise<void>} when what this device keeps is in the document */ ready;
  #outbox;
  #listening = new AbortController();
  /** @type {Set<(state: State) => void>} */ #listeners = new Set();
  #told = "";
  /** @type {string[]} */ #aside = [];
  /** @type {Why | null} */ #why = null;
  #isSynced = false;
  #hasFailed = false;
  #turn = 0;
  #missing = 0;

  /** @param {Y.Doc} doc @param {Socket} socket @param {Store} store */
  constructor(doc, socket, store) {
    this.doc = doc;
    this.socket = socket;
    this.store = store;
    this.#outbox = new Outbox({
      doc,
      store,
      send: (update) => socket.emit("edit", update),
      onChange: () => this.#tell(),
      onSilence: () => this.#reconnect(),
      onTooBig: () => this.#end("too_big"),
    });
    store.onChange = () => this.#tell();
    this.ready = this.#load();
    this.#listen();
    if (socket.connected) this.#sync();
  }

  /** @returns {State} */
  get state() {
    const { isEmpty, isGathering } = this.#outbox;
    const keeping = this.store.keeping === "yes" && isGathering ? "writing" : this.store.keeping;
    return { kind: this.#kind(), kept: isEmpty ? "yes" : keeping, why: this.#why };
  }

  /**
   * Calls `fn` whenever the state changed, or the room gave us a seat.
   * @param {(state: State) => void} fn
   * @returns {() => void} ends it
   */
  on(fn) {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /**
   * The words the server doesn't have, to be copied by hand: of this tab, and those put aside when an agenda took no edits.
   * @returns {string[]}
   */
  unsavedText() {
    const updates = this.#why && this.#why !== "signed_out" ? [] : this.#outbox.unsaved.map(({ update }) => update);
    return [...new Set([...this.#aside, ...wordsIn(this.doc, updates)])];
  }

  /** The words put aside were copied, or are not wanted. */
  forgetWords() {
    this.#aside = [];
    return this.store.forgetWords();
  }

  /** Ends it, and the connection. What is unsaved stays on the device for the next tab. */
  stop() {
    this.#outbox.flush();
    this.#letGo();
    this.socket.disconnect();
  }

  #listen() {
    const { socket } = this;
    /** @type {Record<string, (fact: any) => void>} */
    const heard = {
      connect: () => this.#sync(),
      disconnect: () => this.#dropped(),
      connect_error: ({ message }) => (isFinal(message) ? this.#end(message) : this.#dropped()),
      edit: (update) => Y.applyUpdate(this.doc, update, this),
      saved: ({ n }) => this.#saved(n),
      refused: ({ why }) => this.#refused(why),
      fact: ({ kind }) => ENDINGS.has(kind) && this.#end(kind),
    };
    for (const [name, fn] of Object.entries(heard)) socket.on(name, fn);
    // A line over a lost network is dead long before it is missed. If the device was wrong, the next one is there at once.
    const ends = [onWake(() => this.#probe()), onCut(() => this.#reconnect()), onLeave(() => this.#outbox.flush())];
    this.doc.on("update", this.#updated);
    this.#listening.signal.addEventListener("abort", () => {
      for (const [name, fn] of Object.entries(heard)) socket.off(name, fn);
      for (const end of ends) end();
      this.doc.off("update", this.#updated);
      this.#outbox.stop();
    });
  }

  /** @param {Uint8Array} update @param {unknown} origin */
  #updated = (update, origin) => {
    if (origin === this) this.store.keep(update);
    else if (origin !== STORE) this.#outbox.gather(update);
  };

  async #load() {
    const { edits, words } = await this.store.load();
    if (this.#listening.signal.aborted) return;
    this.#aside = words;
    this.#outbox.adopt(edits);
    const apply = () => edits.forEach(({ update }) => Y.applyUpdate(this.doc, update, STORE));
    Y.transact(this.doc, apply, STORE, false);
    this.#tell();
  }

  /** Catches up with the room, then sends what the room lacks. */
  async #sync() {
    const turn = ++this.#turn;
    // Again, not only at first: a tab of this person that was closed meanwhile may have left edits.
    await this.#load();
    const answer = turn === this.#turn ? await askRoom(this.socket, this.doc, SYNC_TIMEOUT) : null;
    if (turn !== this.#turn) return;
    if (!answer) this.#reconnect();
    else if (this.store.epoch !== null && this.store.epoch !== answer.epoch) this.#end("restored", answer.epoch);
    else this.#seat(answer);
  }

  /** @param {Answer} answer */
  #seat({ epoch, update, state, seated }) {
    this.store.begin(epoch);
    Y.applyUpdate(this.doc, update, this);
    this.seated = seated;
    this.#isSynced = true;
    this.#told = "";
    this.#outbox.open(state);
    // Told before this tab sat down: it is closed, and the fact will not come again.
    if (ENDINGS.has(seated.sessionState)) this.#end(/** @type {Why} */ (seated.sessionState));
    else this.#tell();
  }

  /** A page that slept may hold a line that is dead and doesn't know it; and a tab that was closed may have left edits. */
  async #probe() {
    if (!this.#isSynced) return;
    const turn = this.#turn;
    await this.#load();
    if (turn !== this.#turn) return;
    const answer = await askRoom(this.socket, this.doc, SYNC_TIMEOUT / 2);
    if (turn !== this.#turn) return;
    if (!answer || answer.epoch !== this.store.epoch) this.#reconnect();
    else Y.applyUpdate(this.doc, answer.update, this);
  }

  /** @param {unknown} count */
  #saved(count) {
    if (!Number.isInteger(count) || !this.#isSynced) return;
    this.#missing = 0;
    this.#outbox.saved(Number(count));
  }

  /** @param {unknown} why */
  #refused(why) {
    if (ENDINGS.has(why)) this.#end(/** @type {Why} */ (why));
    else if (why === "missing" && ++this.#missing > MOST_MISSING) this.#end("bad");
    // Which of the edits under way it meant is not said: a new seat counts from the start.
    else if (why === "missing") this.#reconnect();
    else this.#pause();
  }

  #pause() {
    this.#isSynced = false;
    this.#hasFailed = true;
    this.#outbox.shut();
    setTimeout(() => this.#reconnect(), BUSY_PAUSE * (0.5 + Math.random()));
    this.#tell();
  }

  #reconnect() {
    // Otherwise Socket.IO is at it already.
    if (!this.socket.connected || this.#why) return;
    this.socket.disconnect();
    this.socket.connect();
  }

  #dropped() {
    this.#turn++;
    this.#isSynced = false;
    this.#hasFailed = true;
    this.#outbox.shut();
    this.#tell();
  }

  /**
   * No edits from this tab any more. Its words are put aside, and the document let go: what the server won't take would
   * come back with each visit.
   * @param {Why} why
   * @param {string | null} [epoch] of the document that takes its place
   */
  #end(why, epoch = null) {
    if (this.#why) return;
    this.#turn++;
    this.#outbox.shut();
    this.#outbox.flush();
    if (why !== "signed_out") {
      const words = wordsIn(this.doc, this.#outbox.unsaved.map(({ update }) => update));
      this.#aside = [...this.#aside, ...words];
      this.store.restart(epoch, words);
      this.#letGo();
    }
    this.#why = why;
    this.socket.disconnect();
    this.#tell();
  }

  #letGo() {
    this.#turn++;
    this.#listening.abort();
  }

  /** @returns {Kind} */
  #kind() {
    if (this.#why) return "refused";
    if (!this.#isSynced) return this.#hasFailed ? "offline" : "opening";
    return this.#outbox.isEmpty ? "saved" : "saving";
  }

  #tell() {
    const { state } = this;
    const telling = JSON.stringify(state);
    if (telling === this.#told) return;
    this.#told = telling;
    for (const fn of this.#listeners) fn(state);
  }
}
