import { spliceBetween } from "./splice.js";
import { readAll, readItem, readTopic } from "./shape.js";

/**
 * The lines of an agenda, each under a name that it keeps, with what is needed to put it back.
 *
 * @import * as Y from "yjs"
 * @import { Agenda } from "./document.js"
 * @import { Item, Note, Role, Topic } from "./shape.js"
 * @typedef {{key: string, words: string} & ({kind: "topic", entry: Topic} | {kind: "note", entry: Note, topic: Topic}
 *   | {kind: "item", entry: Item} | {kind: "takeaway", role: Role})} Line
 */

/** @param {Y.Doc} doc @returns {Map<string, Line>} only lines that say something */
export function linesOf(doc) {
  /** @type {Line[]} */ const lines = [];
  for (const topic of readAll(doc.getMap("talking_points"), readTopic)) {
    lines.push({ key: `topic:${topic.id}`, words: topic.title, kind: "topic", entry: topic });
    for (const note of topic.notes) {
      lines.push({ key: `note:${topic.id}:${note.id}`, words: note.text, kind: "note", entry: note, topic });
    }
  }
  for (const item of readAll(doc.getMap("action_items"), readItem)) {
    lines.push({ key: `item:${item.id}`, words: item.text, kind: "item", entry: item });
  }
  for (const role of /** @type {Role[]} */ (["mentor", "mentee"])) {
    const words = doc.getText(`takeaway_${role}`).toString();
    lines.push({ key: `takeaway:${role}`, words, kind: "takeaway", role });
  }
  return new Map(lines.filter(({ words }) => words.trim()).map((line) => [line.key, line]));
}

/**
 * Makes a line say again what it said. Where it is gone it comes back, with the talking point that it was under.
 * @param {Agenda} agenda
 * @param {Line} line
 */
export function putBack(agenda, line) {
  agenda.together(() => {
    if (line.kind === "topic") agenda.putBackTopic(line.entry);
    if (line.kind === "note") agenda.putBackTopic({ ...line.topic, notes: [] });
    if (line.kind === "note") agenda.putBackNote(line.topic.id, line.entry);
    if (line.kind === "item") agenda.putBackItem(line.entry);
    const text = textOf(agenda, line);
    const splice = text && spliceBetween(text.toString(), line.words, line.words.length);
    if (!splice) return;
    text.delete(splice.at, splice.removed);
    text.insert(splice.at, splice.added);
  });
}

/** @param {Agenda} agenda @param {Line} line @returns {Y.Text | null} */
function textOf(agenda, line) {
  if (line.kind === "takeaway") return agenda.takeaway(line.role);
  if (line.kind === "note") return agenda.noteText(line.topic.id, line.entry.id);
  return line.kind === "topic" ? agenda.titleOf(line.entry.id) : agenda.itemText(line.entry.id);
}
