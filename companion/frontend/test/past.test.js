import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { linesOf, putBack } from "../src/agenda/past-lines.js";
import { editsIn, momentsOf, Past } from "../src/agenda/past.js";

/** Ruth's and Mateo's agendas, each edit with the other at once, and noted with the second in which it was made. */
function pair() {
  const edits = [];
  const clock = { now: 1000 };
  const made = (role) => {
    const agenda = new Agenda(new Y.Doc(), role);
    agenda.doc.on("update", (data, origin) => {
      if (origin === "line") return;
      edits.push({ at: clock.now, by: role, data });
      Y.applyUpdate(role === "mentor" ? both.mateo.doc : both.ruth.doc, data, "line");
    });
    return agenda;
  };
  const both = {};
  both.ruth = made("mentor");
  both.mateo = made("mentee");
  return { ...both, edits, clock };
}

function changesOf(edits) {
  const past = new Past();
  momentsOf(edits).forEach((moment) => past.take(moment));
  return past.changes();
}

const told = (edits) => changesOf(edits).map(({ by, was, is }) => [by, was?.words ?? null, is?.words ?? null]);

/** Letter by letter, a second each. */
function type(text, words, clock) {
  for (const letter of words) {
    clock.now++;
    text.insert(text.length, letter);
  }
}

function backspace(text, count, clock) {
  for (let n = 0; n < count; n++) {
    clock.now++;
    text.delete(text.length - 1, 1);
  }
}

test("what is typed letter by letter is one change, the newest first", () => {
  const { ruth, mateo, edits, clock } = pair();
  type(ruth.titleOf(ruth.addTopic({ title: "T" })), "hesis", clock);
  mateo.addItem({ text: "Send CV", owner: "mentee" });
  assert.deepEqual(told(edits), [["mentee", null, "Send CV"], ["mentor", null, "Thesis"]]);
});

test("a partner's change of a line names both wordings, and each turn its writer", () => {
  const { ruth, mateo, edits, clock } = pair();
  const id = ruth.addTopic({ title: "Thesis" });
  type(mateo.titleOf(id), " plan", clock);
  type(ruth.titleOf(id), "!", clock);
  assert.deepEqual(told(edits), [
    ["mentor", "Thesis plan", "Thesis plan!"],
    ["mentee", "Thesis", "Thesis plan"],
    ["mentor", null, "Thesis"],
  ]);
});

test("a correction of a letter or two is no change of its own, a sentence taken back is", () => {
  const { ruth, edits, clock } = pair();
  const text = ruth.titleOf(ruth.addTopic({ title: "Thesiz" }));
  backspace(text, 1, clock);
  type(text, "s", clock);
  assert.deepEqual(told(edits), [["mentor", null, "Thesis"]]);
  type(text, " and the long way to it", clock);
  backspace(text, 23, clock);
  assert.deepEqual(told(edits), [["mentor", "Thesis and the long way to it", "Thesis"]]);
});

test("words that were deleted letter by letter come back whole", () => {
  const { ruth, edits, clock } = pair();
  const id = ruth.addItem({ text: "Call Ana", owner: "mentor", due: "2026-12-01" });
  clock.now += 1000;
  backspace(ruth.itemText(id), 8, clock);
  ruth.removeItem(id);
  const [removed] = changesOf(edits);
  assert.deepEqual([removed.was.words, removed.is], ["Call Ana", null]);
  putBack(ruth, removed.was);
  const [item] = ruth.items();
  assert.deepEqual([item.id, item.text, item.owner, item.due], [id, "Call Ana", "mentor", "2026-12-01"]);
});

test("what was written and removed in one breath is there too", () => {
  const { ruth, edits, clock } = pair();
  const id = ruth.addTopic({ title: "" });
  type(ruth.titleOf(id), "A secret wish", clock);
  ruth.removeTopic(id);
  assert.deepEqual(told(edits), [["mentor", "A secret wish", null]]);
});

test("a talking point comes back with its notes, their authors and its place", () => {
  const { ruth, mateo, edits } = pair();
  const [first, second] = ["First", "Second"].map((title) => ruth.addTopic({ title, minutes: 10 }));
  mateo.addNote(first, "Mateo’s");
  ruth.addNote(first, "Ruth’s");
  const before = ruth.topics();
  mateo.removeTopic(first);
  const [removed] = changesOf(edits);
  assert.equal(removed.was.words, "First");
  putBack(mateo, removed.was);
  assert.deepEqual(ruth.topics(), before);
  assert.equal(ruth.topics()[1].id, second);
  mateo.undo();
  assert.deepEqual(ruth.topics().map(({ title }) => title), ["Second"]);
});

test("both put the same line back at once: it is there once", () => {
  const { ruth, mateo, edits, clock } = pair();
  const id = ruth.addTopic({ title: "Once" });
  clock.now++;
  ruth.removeTopic(id);
  const [removed] = changesOf(edits);
  const apart = new Agenda(new Y.Doc(), "mentee");
  Y.applyUpdate(apart.doc, Y.encodeStateAsUpdate(mateo.doc));
  putBack(apart, removed.was);
  putBack(ruth, removed.was);
  Y.applyUpdate(ruth.doc, Y.encodeStateAsUpdate(apart.doc), "line");
  assert.deepEqual(ruth.topics().map(({ title }) => title), ["Once"]);
});

test("a note comes back though its talking point is gone too", () => {
  const { ruth, edits, clock } = pair();
  const topic = ruth.addTopic({ title: "Thesis" });
  const note = ruth.addNote(topic, "Read chapter two");
  clock.now += 1000;
  ruth.removeNote(topic, note);
  clock.now += 1000;
  ruth.removeTopic(topic);
  const gone = changesOf(edits).find(({ was }) => was?.kind === "note");
  putBack(ruth, gone.was);
  assert.deepEqual(ruth.topics().map(({ title, notes }) => [title, notes[0].text]), [["Thesis", "Read chapter two"]]);
});

test("an older wording comes back in place; what stands already is left alone", () => {
  const { ruth, mateo, edits, clock } = pair();
  const id = ruth.addTopic({ title: "Send CV" });
  clock.now += 1000;
  mateo.titleOf(id).delete(0, 4);
  const [changed] = changesOf(edits);
  putBack(ruth, changed.was);
  assert.equal(mateo.topics()[0].title, "Send CV");
  const count = edits.length;
  putBack(ruth, changed.was);
  assert.equal(edits.length, count);
});

test("an edit that breaks its readers takes no other with it", () => {
  const { ruth, edits } = pair();
  ruth.addTopic({ title: "Before" });
  edits.push({ at: 1001, by: "mentee", data: new Uint8Array([255, 255, 255]) });
  ruth.addTopic({ title: "After" });
  assert.deepEqual(told(edits).map(([, , is]) => is), ["After", "Before"]);
});

test("edits are read as the server packs them", () => {
  const bytes = [0, 0, 0, 7, 0, 0, 0, 2, 1, 10, 11, 0, 0, 0, 9, 0, 0, 0, 0, 2];
  const edits = editsIn(new Uint8Array(bytes).buffer);
  assert.deepEqual(edits.map(({ at, by, data }) => [at, by, [...data]]), [[7, "mentor", [10, 11]], [9, "mentee", []]]);
});

test("an agenda that is empty has no past", () => {
  assert.deepEqual(changesOf([]), []);
  assert.equal(linesOf(new Y.Doc()).size, 0);
});
