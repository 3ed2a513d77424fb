import * as Y from "yjs";

import { fieldsOf, restoreFields } from "./whole.js";

/** The origin of every edit made in this tab by hand: what undo takes back. */
export const LOCAL = Symbol("made in this tab");

const RESTORED = Symbol("what an undo took away");

/** Keystrokes closer together than this, in milliseconds, are taken back together. */
const BREATH = 500;

/** Undo for one tab: takes back what was done here, never what the partner did. */
export class History {
  #doc;
  #types;
  #manager;
  /** @type {Y.Map<any>[] | null} what was added so far in a step of several deeds */ #together = null;

  /**
   * @param {Y.Doc} doc
   * @param {Y.AbstractType<any>[]} types what undo covers
   */
  constructor(doc, types) {
    this.#doc = doc;
    this.#types = types;
    this.#manager = new Y.UndoManager(types, { trackedOrigins: new Set([LOCAL]), captureTimeout: BREATH });
  }

  /**
   * Does one deed, as one transaction and one step to take back.
   * @template T
   * @param {() => T} deed
   * @returns {T}
   */
  step(deed) {
    this.#manager.stopCapturing();
    try {
      return this.#doc.transact(deed, LOCAL);
    } finally {
      this.#manager.stopCapturing();
    }
  }

  /**
   * Adds what `deed` makes and returns, as one step.
   * @param {() => Y.Map<any>} deed
   */
  add(deed) {
    this.together(() => this.#together?.push(deed()));
  }

  /**
   * Does several deeds as one step. Deeds in deeds are part of the outermost.
   * @template T
   * @param {() => T} deed
   * @returns {T}
   */
  together(deed) {
    if (this.#together) return deed();
    /** @type {Y.Map<any>[]} */ const added = [];
    this.#together = added;
    try {
      return this.step(deed);
    } finally {
      this.#together = null;
      if (added.length > 0) this.#manager.undoStack.at(-1)?.meta.set("added", added);
    }
  }

  /**
   * Does a deed that follows from the writing just done: both are taken back together.
   * @template T
   * @param {() => T} deed
   * @returns {T}
   */
  join(deed) {
    const manager = this.#manager;
    manager.captureTimeout = Infinity;
    try {
      return this.#doc.transact(deed, LOCAL);
    } finally {
      manager.captureTimeout = BREATH;
      manager.stopCapturing();
    }
  }

  undo() {
    while (this.#partnerWroteInLast()) this.#manager.undoStack.pop();
    return this.#leavingAllWhole(() => this.#manager.undo() !== null);
  }

  redo() {
    return this.#leavingAllWhole(() => this.#manager.redo() !== null);
  }

  canUndo() {
    return this.#manager.canUndo();
  }

  canRedo() {
    return this.#manager.canRedo();
  }

  /** @param {() => boolean} step */
  #leavingAllWhole(step) {
    const before = fieldsOf(this.#types);
    const done = step();
    // A step of its own would be undone in its turn; in the same transaction there could be no redo.
    this.#doc.transact(() => restoreFields(this.#types, before), RESTORED);
    return done;
  }

  /** Whether the last step added an entry that the partner has written in since: taking it back would take their words. */
  #partnerWroteInLast() {
    /** @type {Y.Map<any>[]} */
    const added = this.#manager.undoStack.at(-1)?.meta.get("added") ?? [];
    return added.some((entry) => hasForeignWords(entry, this.#doc.clientID));
  }
}

/**
 * @param {Y.AbstractType<any>} type
 * @param {number} self
 * @returns {boolean}
 */
function hasForeignWords(type, self) {
  for (const item of itemsOf(type)) {
    if (item.deleted) continue;
    if (item.id.client !== self) return true;
    if (item.content instanceof Y.ContentType && hasForeignWords(item.content.type, self)) return true;
  }
  return false;
}

/** @param {Y.AbstractType<any>} type */
function* itemsOf(type) {
  yield* type._map.values();
  for (let item = type._start; item; item = item.right) yield item;
}
