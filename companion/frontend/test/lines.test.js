import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { complaintAbout, linesIn, LONGEST_LINE, MOST_LINES } from "../src/agenda/lines.js";

test("each line that says something is one, however lines end", () => {
  assert.deepEqual(linesIn("one\r\ntwo\n\n  \nthree\rfour\u2028five"), ["one", "two", "three", "four", "five"]);
});

test("what marks a line of a list is no part of it", () => {
  assert.deepEqual(linesIn("- one\n* two\n• three\n 4. four\n5) five\n- [ ] six\n[x] seven"), [
    "one", "two", "three", "four", "five", "six", "seven",
  ]);
});

test("a minus or a number that belongs to the words stays", () => {
  assert.deepEqual(linesIn("-5 degrees\n2027 budget\n3.5 hours\n#1"), ["-5 degrees", "2027 budget", "3.5 hours", "#1"]);
});

test("half an emoji does not get in", () => {
  assert.deepEqual(linesIn("a\ud83d\nb😀"), ["a\ufffd", "b😀"]);
});

test("too much is refused with a sentence, and nothing is dropped in silence", () => {
  assert.equal(complaintAbout(Array(MOST_LINES).fill("x")), null);
  assert.match(complaintAbout(Array(MOST_LINES + 1).fill("x")), /101 lines\. Nothing was added/);
  assert.match(complaintAbout(["x", "y".repeat(LONGEST_LINE + 1)]), /more than 2000 characters/);
});

test("what was added together is taken back together", () => {
  const agenda = new Agenda(new Y.Doc(), "mentor");
  agenda.addTopic({ title: "before" });
  agenda.together(() => ["one", "two", "three"].forEach((title) => agenda.addTopic({ title })));
  assert.deepEqual(agenda.topics().map(({ title }) => title), ["before", "one", "two", "three"]);
  agenda.undo();
  assert.deepEqual(agenda.topics().map(({ title }) => title), ["before"]);
  agenda.redo();
  assert.deepEqual(agenda.topics().map(({ title }) => title), ["before", "one", "two", "three"]);
});

test("what was added together stays once the partner wrote in one of them", () => {
  const [ruth, mateo] = [new Agenda(new Y.Doc(), "mentor"), new Agenda(new Y.Doc(), "mentee")];
  const ids = ruth.together(() => ["one", "two"].map((title) => ruth.addTopic({ title })));
  Y.applyUpdate(mateo.doc, Y.encodeStateAsUpdate(ruth.doc), "line");
  mateo.titleOf(ids[1]).insert(3, "!");
  Y.applyUpdate(ruth.doc, Y.encodeStateAsUpdate(mateo.doc), "line");
  ruth.undo();
  assert.deepEqual(ruth.topics().map(({ title }) => title), ["one", "two!"]);
});
