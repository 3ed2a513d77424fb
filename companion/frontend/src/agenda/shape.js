import * as Y from "yjs";

import { isId } from "./ids.js";
import { byRank, LONGEST_RANK } from "./rank.js";

/**
 * The shape of the shared document as plain values, twin of `companion/model/agendas.py`. The document is a guest's
 * text: a partner's browser can write anything into it, so readers drop what they do not understand and never throw.
 *
 * @typedef {"mentor" | "mentee"} Role
 * @typedef {"open" | "done" | "parked"} TopicState
 * @typedef {{id: string, rank: string, by: Role, text: string}} Note
 * @typedef {{id: string, rank: string, title: string, raisedBy: Role, minutes: number | null, state: TopicState,
 *   from: string | null, notes: Note[]}} Topic
 * @typedef {{id: string, rank: string, text: string, owner: Role, due: string | null, doneAt: string | null,
 *   talkingPoint: string | null}} Item
 */

const STATES = ["open", "done", "parked"];
const LONGEST_MINUTES = 600;

/** @param {unknown} value @returns {value is Role} */
export function isRole(value) {
  return value === "mentor" || value === "mentee";
}

/** @param {unknown} value @returns {value is string} */
export function isDate(value) {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
}

/**
 * The entries of a map of maps that `read` understands, in their order.
 * @template {{id: string, rank: string}} T
 * @param {unknown} entries
 * @param {(id: string, entry: Y.Map<unknown>) => T | null} read
 * @returns {T[]}
 */
export function readAll(entries, read) {
  if (!(entries instanceof Y.Map)) return [];
  const found = [];
  for (const [id, entry] of entries) {
    const value = isId(id) && entry instanceof Y.Map && isRank(entry.get("rank")) ? read(id, entry) : null;
    if (value) found.push(value);
  }
  return found.sort(byRank);
}

/**
 * The talking points as people see them. Two with the same `from` (both pressed "Talk about it") are shown as one, under
 * the smaller id so that every device shows the same, with the notes of both; neither is dropped from the document.
 * @param {unknown} entries
 * @returns {{topics: Topic[], shownAs: Map<string, string>}} `shownAs`: under which id each id is shown
 */
export function readTopics(entries) {
  const all = readAll(entries, readTopic);
  /** @type {Map<string, Topic>} */ const shown = new Map();
  for (const topic of [...all].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const key = topic.from ?? topic.id;
    const first = shown.get(key);
    if (first) first.notes = [...first.notes, ...topic.notes].sort(byRank);
    else shown.set(key, topic);
  }
  const shownAs = new Map(all.map((topic) => [topic.id, shown.get(topic.from ?? topic.id)?.id ?? topic.id]));
  return { topics: [...shown.values()].sort(byRank), shownAs };
}

/** @param {string} id @param {Y.Map<unknown>} entry @returns {Topic | null} */
export function readTopic(id, entry) {
  const title = entry.get("title");
  const raisedBy = entry.get("raised_by");
  const from = entry.get("from");
  if (!(title instanceof Y.Text) || !isRole(raisedBy)) return null;
  return {
    id,
    rank: String(entry.get("rank")),
    title: title.toString(),
    raisedBy,
    minutes: minutesIn(entry.get("minutes")),
    state: stateIn(entry.get("state")),
    from: typeof from === "string" && from ? from : null,
    notes: readAll(entry.get("notes"), readNote),
  };
}

/** @param {string} id @param {Y.Map<unknown>} entry @returns {Note | null} */
function readNote(id, entry) {
  const text = entry.get("text");
  const by = entry.get("by");
  if (!(text instanceof Y.Text) || !isRole(by)) return null;
  return { id, rank: String(entry.get("rank")), by, text: text.toString() };
}

/** @param {string} id @param {Y.Map<unknown>} entry @returns {Item | null} */
export function readItem(id, entry) {
  const text = entry.get("text");
  const owner = entry.get("owner");
  const due = entry.get("due");
  const doneAt = entry.get("done_at");
  const talkingPoint = entry.get("talking_point");
  if (!(text instanceof Y.Text) || !isRole(owner)) return null;
  return {
    id,
    rank: String(entry.get("rank")),
    text: text.toString(),
    owner,
    due: isDate(due) ? due : null,
    doneAt: typeof doneAt === "string" && !Number.isNaN(Date.parse(doneAt)) ? doneAt : null,
    talkingPoint: isId(talkingPoint) ? talkingPoint : null,
  };
}

/** @param {unknown} rank */
function isRank(rank) {
  return typeof rank === "string" && rank.length <= LONGEST_RANK;
}

/** @param {unknown} value */
function minutesIn(value) {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= LONGEST_MINUTES ? Number(value) : null;
}

/** @param {unknown} value @returns {TopicState} */
function stateIn(value) {
  return STATES.includes(String(value)) ? /** @type {TopicState} */ (value) : "open";
}
