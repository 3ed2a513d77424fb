import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { wordsIn } from "../src/agenda/words.js";

/** An agenda, and the edits made in it from now on. */
function watched() {
  const agenda = new Agenda(new Y.Doc(), "mentor");
  const id = agenda.addItem({ text: "Send CV", owner: "mentor" });
  const updates = [];
  agenda.doc.on("update", (update) => updates.push(update));
  return { agenda, id, updates };
}

test("a word typed in a line gives the whole line, once", () => {
  const { agenda, id, updates } = watched();
  for (const letter of " now") agenda.itemText(id).insert(agenda.itemText(id).length, letter);
  assert.deepEqual(wordsIn(agenda.doc, updates), ["Send CV now"]);
});

test("a new line gives its words, and what is no text gives none", () => {
  const { agenda, id, updates } = watched();
  agenda.setItem(id, { due: "2026-12-01" });
  agenda.addNote(agenda.addTopic({ title: "Thesis" }), "chapter two");
  assert.deepEqual(wordsIn(agenda.doc, updates), ["Thesis", "chapter two"]);
});

test("words in a line that was removed are given as they were typed", () => {
  const { agenda, id, updates } = watched();
  for (const letter of " now") agenda.itemText(id).insert(agenda.itemText(id).length, letter);
  agenda.removeItem(id);
  assert.deepEqual(wordsIn(agenda.doc, updates), ["now"]);
});

test("words that the person took away again are not given", () => {
  const { agenda, updates } = watched();
  agenda.takeaway("mentor").insert(0, "typo");
  agenda.takeaway("mentor").delete(0, 4);
  assert.deepEqual(wordsIn(agenda.doc, updates), []);
});

test("words of an edit that waits for an earlier one are given too", () => {
  const { agenda, updates } = watched();
  agenda.takeaway("mentor").insert(0, "first ");
  agenda.takeaway("mentor").insert(6, "second");
  assert.deepEqual(wordsIn(new Y.Doc(), updates.slice(1)), ["second"]);
});
