import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { Marks } from "../src/elements/marks.js";

const MINUTE = 60_000;
const END = 100 * MINUTE;

function pair() {
  const [ruth, mateo] = [new Agenda(new Y.Doc(), "mentor"), new Agenda(new Y.Doc(), "mentee")];
  const meet = () => {
    Y.applyUpdate(ruth.doc, Y.encodeStateAsUpdate(mateo.doc), "line");
    Y.applyUpdate(mateo.doc, Y.encodeStateAsUpdate(ruth.doc), "line");
  };
  return { ruth: ruth.closing, mateo: mateo.closing, agenda: ruth, meet };
}

test("both are at the step to which either goes", () => {
  const { ruth, mateo, meet } = pair();
  assert.equal(mateo.step, null);
  ruth.goTo("date");
  meet();
  assert.equal(mateo.step, "date");
  mateo.goTo("away");
  meet();
  assert.equal(ruth.step, "away");
});

test("it is due five minutes before the end, and five minutes later for each five added", () => {
  const { ruth } = pair();
  assert.equal(ruth.dueMs(END), END - 5 * MINUTE);
  ruth.addFive();
  assert.equal(ruth.endsMs(END), END + 5 * MINUTE);
  assert.equal(ruth.dueMs(END), END);
});

test("two who add five minutes at once add five, not ten", () => {
  const { ruth, mateo, meet } = pair();
  ruth.addFive();
  mateo.addFive();
  meet();
  assert.deepEqual([ruth.moreMinutes, mateo.moreMinutes], [5, 5]);
});

test("put off in the last five minutes it comes back at the end, then every five minutes, for both", () => {
  const { ruth, mateo, meet } = pair();
  ruth.goTo("agree");
  ruth.putOff(ruth.laterMs(END - 4 * MINUTE, END));
  meet();
  assert.equal(mateo.step, null);
  assert.equal(mateo.dueMs(END), END);
  assert.equal(mateo.laterMs(END + MINUTE, END), END + 6 * MINUTE);
});

test("begun early and put off, it comes when it would have come anyway", () => {
  const { ruth } = pair();
  ruth.putOff(ruth.laterMs(END - 30 * MINUTE, END));
  assert.equal(ruth.dueMs(END), END - 5 * MINUTE);
});

test("each says for themselves that they are done; going on or back forgets it", () => {
  const { ruth, mateo, meet } = pair();
  ruth.goTo("away");
  ruth.setDone(true);
  meet();
  assert.deepEqual([mateo.isDone("mentor"), mateo.isDone("mentee")], [true, false]);
  mateo.setDone(true);
  mateo.setDone(false);
  assert.equal(mateo.isDone("mentee"), false);
  mateo.goTo("date");
  meet();
  assert.equal(ruth.isDone("mentor"), false);
});

test("what nobody of ours wrote in there is not believed", () => {
  const { ruth, agenda } = pair();
  const run = agenda.doc.getMap("run");
  run.set("closing", "party");
  run.set("more_minutes", -5);
  run.set("put_off_until_ms", "soon");
  assert.deepEqual([ruth.step, ruth.moreMinutes, ruth.dueMs(END)], [null, 0, END - 5 * MINUTE]);
});

test("undo takes back words, never a step or the time", () => {
  const { ruth, agenda } = pair();
  ruth.goTo("agree");
  ruth.addFive();
  assert.equal(agenda.undo(), false);
  assert.deepEqual([ruth.step, ruth.moreMinutes], ["agree", 5]);
});

test("who listens is told at two minutes and at zero, once each, and not of where it began", () => {
  const marks = new Marks();
  const told = [130, 121, 120, 119, 1, 0, -1].map((left) => marks.passed(left));
  assert.deepEqual(told, [null, null, "low", null, null, "over", null]);
  assert.equal(new Marks().passed(-30), null);
});
