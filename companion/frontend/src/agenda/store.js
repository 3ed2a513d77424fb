import { foldRows, markSaved, readPage, readRows, startPage, writePage, writeRows } from "./rows.js";
import { openShelf } from "./shelf.js";

export { forgetEverything, hasUnsaved } from "./shelf.js";

/**
 * What this device keeps of a session's agenda, so that it opens and can be written in without a line, and nothing typed
 * is lost with a tab.
 *
 * @import { IDBPDatabase } from "idb"
 * @import { Row } from "./rows.js"
 * @typedef {{update: Uint8Array, saved: boolean, key: number | undefined}} Edit `saved`: the server has proved to have it
 * @typedef {{edits: Edit[], words: string[]}} Kept `words`: put aside, to be copied by hand
 * @typedef {"yes" | "writing" | "no"} Keeping whether every unsaved edit is on this device; "no": only in this tab
 */

/** After so many new rows the saved ones are folded into one. */
const MANY = 200;

/**
 * Opens what is kept of a session. Without IndexedDB (blocked, broken, full) the store works in memory and says so.
 * @param {number | string} personId
 * @param {number | string} sessionId
 * @returns {Promise<Store>}
 */
export async function openStore(personId, sessionId) {
  return new Store(await openShelf(personId).catch(() => null), String(sessionId));
}

export class Store {
  /** Called when `keeping` may have changed. */
  onChange = () => {};
  /**
   * Which life of the server's document this tab's document belongs to; null until one is known.
   * @type {string | null}
   */
  epoch = null;
  #db;
  #session;
  #works;
  /** @type {Edit[]} */ #waiting = [];
  #written = 0;
  /** @type {Promise<unknown>} */ #turn = Promise.resolve();

  /** @param {IDBPDatabase | null} db @param {string} session */
  constructor(db, session) {
    this.#db = db;
    this.#session = session;
    this.#works = db !== null;
  }

  /** @returns {Keeping} */
  get keeping() {
    if (!this.#works) return "no";
    return this.#waiting.some((edit) => !edit.saved) ? "writing" : "yes";
  }

  /**
   * What is kept: of this tab, of tabs that were closed, and of other tabs of this person.
   * @returns {Promise<Kept>}
   */
  async load() {
    const kept = await this.#inTurn(async (db) => {
      const { epoch, words } = await readPage(db, this.#session);
      const rows = await readRows(db, this.#session);
      this.epoch ??= epoch;
      return { words, edits: rows.filter((row) => row.epoch === null || row.epoch === this.epoch).map(editIn) };
    });
    return kept ?? { edits: [], words: [] };
  }

  /**
   * Keeps an edit made here until the server has it, and afterwards as part of the document.
   * @param {Uint8Array} update
   * @returns {Edit}
   */
  add(update) {
    return this.#put({ update, saved: false, key: undefined });
  }

  /**
   * Keeps what came from the server.
   * @param {Uint8Array} update
   */
  keep(update) {
    // A copy: bytes from the wire look into the whole frame, and IndexedDB would store all of that.
    this.#put({ update: update.slice(), saved: true, key: undefined });
  }

  /**
   * The server has proved to have these.
   * @param {Edit[]} edits
   */
  settle(edits) {
    for (const edit of edits) edit.saved = true;
    return this.#inTurn((db) => markSaved(db, edits.flatMap(({ key }) => key ?? [])));
  }

  /**
   * The document belongs to this life of the server's.
   * @param {string} epoch
   */
  begin(epoch) {
    if (this.epoch === epoch) return;
    this.epoch = epoch;
    this.#inTurn(async (db) => writePage(db, { ...(await readPage(db, this.#session)), epoch }));
  }

  /**
   * Lets go of the document, and puts words aside.
   * @param {string | null} epoch of the document that will take its place
   * @param {string[]} words
   */
  restart(epoch, words) {
    this.#waiting = [];
    return this.#inTurn(async (db) => {
      const page = await readPage(db, this.#session);
      await startPage(db, { ...page, epoch, words: [...page.words, ...words] });
    });
  }

  /** The words put aside were copied, or are not wanted. */
  forgetWords() {
    return this.#inTurn(async (db) => writePage(db, { ...(await readPage(db, this.#session)), words: [] }));
  }

  /** @param {Edit} edit */
  #put(edit) {
    if (this.#db) {
      this.#waiting.push(edit);
      this.#inTurn((db) => this.#writeWaiting(db));
    }
    this.onChange();
    return edit;
  }

  /** @param {IDBPDatabase} db */
  async #writeWaiting(db) {
    const edits = [...this.#waiting];
    if (edits.length === 0) return;
    const keys = await writeRows(db, edits.map((edit) => this.#rowOf(edit))).catch(() => null);
    this.#works = keys !== null;
    if (!keys) return;
    edits.forEach((edit, index) => (edit.key = keys[index]));
    this.#waiting = this.#waiting.filter((edit) => edit.key === undefined);
    this.#written += edits.length;
    if (this.#written < MANY) return;
    this.#written = 0;
    await foldRows(db, this.#session, this.epoch);
  }

  /** @param {Edit} edit @returns {Row} */
  #rowOf({ update, saved }) {
    return { session: this.#session, epoch: this.epoch, update, unsaved: saved ? 0 : 1 };
  }

  /**
   * One task after the other. What fails is not tried again by itself: edits that wait are written with the next.
   * @template T
   * @param {(db: IDBPDatabase) => Promise<T>} task
   * @returns {Promise<T | undefined>} undefined when it failed, or there is no IndexedDB
   */
  #inTurn(task) {
    const db = this.#db;
    if (!db) return Promise.resolve(undefined);
    const done = this.#turn.then(() => task(db)).catch(() => undefined);
    this.#turn = done.then(() => this.onChange());
    return done;
  }
}

/** @param {Row} row @returns {Edit} */
function editIn({ update, unsaved, key }) {
  return { update, saved: unsaved === 0, key };
}
