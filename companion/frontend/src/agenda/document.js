import * as Y from "yjs";

import { Closing } from "./closing.js";
import { Entries } from "./entries.js";
import { History, LOCAL } from "./history.js";
import { readAll, readItem, readTopics } from "./shape.js";

/** @import { Item, Note, Role, Topic, TopicState } from "./shape.js" */

/**
 * The shared agenda of one session, seen from one tab. It reads as plain values; what people type in is a `Y.Text`,
 * for `bindText`. Reading never throws, and writing to what the partner has removed meanwhile does nothing.
 */
export class Agenda {
  #points;
  #actions;
  #run;
  #history;

  /**
   * @param {Y.Doc} doc
   * @param {Role} role whose tab this is: the author of new talking points and notes
   */
  constructor(doc, role) {
    this.doc = doc;
    this.role = role;
    this.closing = new Closing(doc, role);
    const points = doc.getMap("talking_points");
    const actions = doc.getMap("action_items");
    // The timer stays out of undo: taking back a word must not send the conversation back a topic.
    this.#history = new History(doc, [points, actions, this.takeaway("mentor"), this.takeaway("mentee")]);
    this.#points = new Entries(points, this.#history);
    this.#actions = new Entries(actions, this.#history);
    this.#run = doc.getMap("run");
  }

  /**
   * The talking points in their order, each `from` once.
   * @returns {Topic[]}
   */
  topics() {
    return readTopics(this.doc.getMap("talking_points")).topics;
  }

  /** @param {string} id @returns {Y.Text | null} */
  titleOf(id) {
    return this.#points.text(id, "title");
  }

  /**
   * Adds a talking point at the end. A `from` that is there already is not added twice.
   * @param {{title?: string, minutes?: number | null, from?: string | null}} point
   * @returns {string} its id, or that of the one with this `from`
   */
  addTopic({ title = "", minutes = null, from = null }) {
    const topics = this.topics();
    const there = from === null ? undefined : topics.find((topic) => topic.from === from);
    if (there) return there.id;
    const fields = { title: textOf(title), raised_by: this.role, minutes, state: "open", from, notes: new Y.Map() };
    return this.#points.append(topics, fields);
  }

  /** @param {string} id */
  removeTopic(id) {
    this.#points.remove(...this.#shownWith(id));
  }

  /**
   * Moves a talking point before another; null: to the end.
   * @param {string} id
   * @param {string | null} beforeId
   */
  moveTopic(id, beforeId) {
    const others = this.topics().filter((topic) => topic.id !== id);
    const index = beforeId === null ? others.length : others.findIndex((topic) => topic.id === beforeId);
    if (index >= 0) this.#points.move(id, others, index);
  }

  /**
   * Moves a talking point up (-1) or down (1); at the end of the list it stays.
   * @param {string} id
   * @param {-1 | 1} steps
   */
  moveBy(id, steps) {
    const ids = this.topics().map((topic) => topic.id);
    const to = ids.indexOf(id) + steps;
    if (!ids.includes(id) || to < 0 || to >= ids.length) return;
    this.moveTopic(id, (steps < 0 ? ids[to] : ids[to + 1]) ?? null);
  }

  /** @param {string} id @param {number | null} minutes */
  setMinutes(id, minutes) {
    this.#points.set(id, { minutes });
  }

  /** @param {string} id @param {TopicState} state */
  setState(id, state) {
    this.#points.set(id, { state });
  }

  /**
   * Starts talking about a talking point. The time is this device's clock.
   * @param {string} id
   */
  start(id) {
    this.#runAt(id, Date.now());
  }

  stop() {
    this.#runAt(null, Date.now());
  }

  /**
   * What is being talked about, and since when in milliseconds of the Unix clock; null: nothing.
   * @returns {{id: string, sinceMs: number} | null}
   */
  now() {
    const id = readTopics(this.doc.getMap("talking_points")).shownAs.get(this.#run.get("now"));
    const sinceMs = this.#run.get("since_ms");
    return id !== undefined && Number.isFinite(sinceMs) ? { id, sinceMs } : null;
  }

  /**
   * Adds a note line at the end of a talking point's notes.
   * @param {string} topicId
   * @param {string} [text]
   * @returns {string | null} its id; null when the talking point is gone
   */
  addNote(topicId, text = "") {
    const topic = this.topics().find((one) => one.id === topicId);
    const notes = this.#notes(topicId);
    return topic && notes ? notes.append(topic.notes, { by: this.role, text: textOf(text) }) : null;
  }

  /** @param {string} topicId @param {string} noteId @returns {Y.Text | null} */
  noteText(topicId, noteId) {
    return this.#notesWith(topicId, noteId)?.text(noteId, "text") ?? null;
  }

  /** @param {string} topicId @param {string} noteId */
  removeNote(topicId, noteId) {
    this.#notesWith(topicId, noteId)?.remove(noteId);
  }

  /**
   * The action items in their order. `talkingPoint` is a talking point that is there, or null.
   * @returns {Item[]}
   */
  items() {
    const { shownAs } = readTopics(this.doc.getMap("talking_points"));
    return readAll(this.doc.getMap("action_items"), readItem).map((item) => ({
      ...item,
      talkingPoint: shownAs.get(item.talkingPoint ?? "") ?? null,
    }));
  }

  /** @param {string} id @returns {Y.Text | null} */
  itemText(id) {
    return this.#actions.text(id, "text");
  }

  /**
   * Adds an action item at the end.
   * @param {{text?: string, owner: Role, due?: string | null, talkingPoint?: string | null}} item `due` as 2026-12-01
   * @returns {string} its id
   */
  addItem({ text = "", owner, due = null, talkingPoint = null }) {
    const fields = { text: textOf(text), owner, due, done_at: null, talking_point: talkingPoint };
    return this.#actions.append(this.items(), fields);
  }

  /**
   * Changes what is named, and leaves the rest.
   * @param {string} id
   * @param {{owner?: Role, due?: string | null, doneAt?: string | null}} changes `doneAt` as an ISO instant
   */
  setItem(id, { owner, due, doneAt }) {
    this.#actions.set(id, { owner, due, done_at: doneAt });
  }

  /** @param {string} id */
  removeItem(id) {
    this.#actions.remove(id);
  }

  /** Puts back a talking point that is gone, with its notes. @param {Topic} topic */
  putBackTopic({ id, rank, title, raisedBy, minutes, state, from, notes }) {
    const fields = { rank, title: textOf(title), raised_by: raisedBy, minutes, state, from };
    const lines = new Y.Map(notes.map((note) => [note.id, new Y.Map(Object.entries(noteFields(note)))]));
    this.#points.putBack(id, { ...fields, notes: lines });
  }

  /** @param {string} topicId @param {Note} note */
  putBackNote(topicId, note) {
    if (!this.#notesWith(topicId, note.id)) this.#notes(topicId)?.putBack(note.id, noteFields(note));
  }

  /** @param {Item} item */
  putBackItem({ id, rank, text, owner, due, doneAt, talkingPoint }) {
    this.#actions.putBack(id, { rank, text: textOf(text), owner, due, done_at: doneAt, talking_point: talkingPoint });
  }

  /** @param {Role} role @returns {Y.Text} */
  takeaway(role) {
    return this.doc.getText(`takeaway_${role}`);
  }

  /**
   * Does several things as one step to take back.
   * @template T
   * @param {() => T} deed
   * @returns {T}
   */
  together(deed) {
    return this.#history.together(deed);
  }

  /** Takes back the last step made in this tab. Whether there was one. */
  undo() {
    return this.#history.undo();
  }

  redo() {
    return this.#history.redo();
  }

  canUndo() {
    return this.#history.canUndo();
  }

  canRedo() {
    return this.#history.canRedo();
  }

  /**
   * Calls `fn` once after each change of the document, whoever made it.
   * @param {(change: {local: boolean}) => void} fn `local`: made in this tab, by hand or by undo
   * @returns {() => void} ends it
   */
  observe(fn) {
    /** @param {Y.Transaction} change */
    const tell = (change) => {
      if (change.changed.size > 0) fn({ local: change.local });
    };
    this.doc.on("afterTransaction", tell);
    return () => this.doc.off("afterTransaction", tell);
  }

  /** @param {string | null} id @param {number} sinceMs */
  #runAt(id, sinceMs) {
    this.doc.transact(() => {
      this.#run.set("now", id);
      this.#run.set("since_ms", sinceMs);
    }, LOCAL);
  }

  /**
   * Every id that is shown under the same one as `id`.
   * @param {string} id
   */
  #shownWith(id) {
    const { shownAs } = readTopics(this.doc.getMap("talking_points"));
    return [...shownAs.keys()].filter((twin) => shownAs.get(twin) === shownAs.get(id));
  }

  /** @param {string} topicId */
  #notes(topicId) {
    const notes = this.#points.get(topicId)?.get("notes");
    return notes instanceof Y.Map ? new Entries(notes, this.#history) : null;
  }

  /**
   * The notes that hold this one: those of the talking point, or of one that is shown as it.
   * @param {string} topicId
   * @param {string} noteId
   */
  #notesWith(topicId, noteId) {
    return this.#shownWith(topicId).map((id) => this.#notes(id)).find((notes) => notes?.get(noteId)) ?? null;
  }
}

/** @param {Note} note @returns {Record<string, unknown>} */
function noteFields({ rank, by, text }) {
  return { rank, by, text: textOf(text) };
}

/** @param {string} words */
function textOf(words) {
  return new Y.Text(words.toWellFormed());
}
