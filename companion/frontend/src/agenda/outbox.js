import * as Y from "yjs";

/** @import { Edit, Store } from "./store.js" */

/** Keystrokes are gathered for so long, in milliseconds, before they go out together. */
const GATHER = 40;
/** The server takes 256 KB; the rest is room for the frame around it. */
const LARGEST = 200_000;
/** The server commits within milliseconds. Silence for so long means the line is dead, whatever the socket says. */
const PATIENCE = 10_000;

/**
 * The edits made in this tab, on their way to the server's log: gathered, kept on the device, sent, proved.
 */
export class Outbox {
  /** @type {Edit[]} what the server has not proved to have, in order */ unsaved = [];
  /** @type {Uint8Array[]} */ #gathered = [];
  /** @type {Edit[][]} each sent edit with those it holds, in order */ #sent = [];
  #open = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #gathering;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #watch;

  /**
   * @param {object} ways
   * @param {Y.Doc} ways.doc
   * @param {Store} ways.store
   * @param {(update: Uint8Array) => void} ways.send
   * @param {() => void} ways.onChange when there is more or less to save
   * @param {() => void} ways.onSilence when the server does not answer
   * @param {() => void} ways.onTooBig when an edit is larger than the server takes
   */
  constructor({ doc, store, send, onChange, onSilence, onTooBig }) {
    this.doc = doc;
    this.store = store;
    this.send = send;
    this.onChange = onChange;
    this.onSilence = onSilence;
    this.onTooBig = onTooBig;
  }

  /** Whether the server has all that was written here. */
  get isEmpty() {
    return this.#gathered.length + this.unsaved.length + this.#sent.length === 0;
  }

  /** Whether something is not even on its way to the device yet. */
  get isGathering() {
    return this.#gathered.length > 0;
  }

  /** @param {Uint8Array} update */
  gather(update) {
    this.#gathered.push(update);
    this.#gathering ??= setTimeout(() => this.flush(), GATHER);
    this.onChange();
  }

  /** Keeps and sends what is gathered, now. */
  flush() {
    const edit = this.#keepGathered();
    if (edit && this.#open) this.#sendAll([edit]);
    this.onChange();
  }

  /**
   * Takes over what other tabs of this person left unsaved. If such a tab still lives, both send it: an edit counts once.
   * @param {Edit[]} edits
   */
  adopt(edits) {
    const known = new Set(this.unsaved.map(({ key }) => key));
    const left = edits.filter(({ saved, key }) => !saved && !known.has(key));
    this.unsaved.push(...left);
    if (this.#open && left.length > 0) this.#sendAll(left);
  }

  /**
   * From now on edits go out, first those that the server lacks. What it has already does no harm: an edit counts once.
   * @param {Uint8Array} state the server's state vector
   */
  open(state) {
    this.shut();
    this.#keepGathered();
    this.#open = true;
    const missing = Y.encodeStateAsUpdate(this.doc, state);
    // A deletion doesn't show in a state vector: with anything unsaved, all is sent.
    if (this.unsaved.length > 0 && missing.length > LARGEST) this.#sendAll(this.unsaved);
    else if (this.unsaved.length > 0 || isAhead(this.doc, state)) this.#sendOne(missing, this.unsaved);
  }

  /** From now on edits wait; those under way count as not arrived. */
  shut() {
    this.#open = false;
    this.#sent = [];
    clearTimeout(this.#watch);
  }

  /**
   * The server has committed the next `count` edits it was sent.
   * @param {number} count
   */
  saved(count) {
    const proved = this.#sent.splice(0, count).flat();
    this.unsaved = this.unsaved.filter((edit) => !proved.includes(edit));
    this.store.settle(proved);
    this.#expectAnswer();
    this.onChange();
  }

  /** Ends it: nothing is gathered, kept or sent any more. */
  stop() {
    this.shut();
    clearTimeout(this.#gathering);
  }

  /** @returns {Edit | null} */
  #keepGathered() {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#gathered.length === 0) return null;
    const edit = this.store.add(Y.mergeUpdates(this.#gathered));
    this.#gathered = [];
    this.unsaved.push(edit);
    return edit;
  }

  /**
   * Sends edits in as few pieces as the server takes.
   * @param {Edit[]} edits
   */
  #sendAll(edits) {
    /** @type {Edit[]} */ let piece = [];
    let size = 0;
    for (const edit of edits) {
      if (size + edit.update.length > LARGEST && piece.length > 0) {
        this.#sendPiece(piece);
        piece = [];
        size = 0;
      }
      piece.push(edit);
      size += edit.update.length;
    }
    this.#sendPiece(piece);
  }

  /** @param {Edit[]} piece */
  #sendPiece(piece) {
    this.#sendOne(Y.mergeUpdates(piece.map(({ update }) => update)), piece);
  }

  /** @param {Uint8Array} update @param {Edit[]} edits that it holds */
  #sendOne(update, edits) {
    if (!this.#open) return;
    if (update.length > LARGEST) {
      this.onTooBig();
      return;
    }
    this.#sent.push([...edits]);
    this.send(update);
    if (this.#sent.length === 1) this.#expectAnswer();
  }

  #expectAnswer() {
    clearTimeout(this.#watch);
    if (this.#sent.length > 0) this.#watch = setTimeout(this.onSilence, PATIENCE);
  }
}

/**
 * Whether a document has edits that a state vector does not name.
 * @param {Y.Doc} doc
 * @param {Uint8Array} state
 */
function isAhead(doc, state) {
  const there = Y.decodeStateVector(state);
  return [...Y.decodeStateVector(Y.encodeStateVector(doc))].some(([client, clock]) => clock > (there.get(client) ?? 0));
}
