import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { LOCAL } from "../src/agenda/history.js";

const titles = (agenda) => agenda.topics().map(({ title }) => title);

/** Two partners' agendas, each edit of one with the other at once; `apart` does things while there is no line. */
function pair() {
  const [ruth, mateo] = [new Agenda(new Y.Doc(), "mentor"), new Agenda(new Y.Doc(), "mentee")];
  const meet = () => {
    Y.applyUpdate(ruth.doc, Y.encodeStateAsUpdate(mateo.doc), "line");
    Y.applyUpdate(mateo.doc, Y.encodeStateAsUpdate(ruth.doc), "line");
  };
  return { ruth, mateo, meet };
}

function three() {
  const agenda = new Agenda(new Y.Doc(), "mentor");
  const ids = ["one", "two", "three"].map((title) => agenda.addTopic({ title }));
  return { agenda, ids };
}

test("a talking point has its author, and its words in a shared text", () => {
  const agenda = new Agenda(new Y.Doc(), "mentee");
  const id = agenda.addTopic({ title: "Thesis", minutes: 15 });
  agenda.titleOf(id).insert(6, " plan");
  const [topic] = agenda.topics();
  const { rank, ...rest } = topic;
  assert.equal(typeof rank, "string");
  assert.deepEqual(rest, {
    id, title: "Thesis plan", raisedBy: "mentee", minutes: 15, state: "open", from: null, notes: [],
  });
});

test("talking points move before another, to the end, up and down", () => {
  const { agenda, ids } = three();
  agenda.moveTopic(ids[2], ids[0]);
  assert.deepEqual(titles(agenda), ["three", "one", "two"]);
  agenda.moveTopic(ids[2], null);
  assert.deepEqual(titles(agenda), ["one", "two", "three"]);
  agenda.moveBy(ids[0], 1);
  assert.deepEqual(titles(agenda), ["two", "one", "three"]);
  agenda.moveBy(ids[2], -1);
  assert.deepEqual(titles(agenda), ["two", "three", "one"]);
  agenda.moveBy(ids[0], 1);
  agenda.moveBy(ids[1], -1);
  assert.deepEqual(titles(agenda), ["two", "three", "one"]);
});

test("a move among ranks that leave no room puts the whole list in order", () => {
  const { agenda, ids } = three();
  for (const id of ids) agenda.doc.getMap("talking_points").get(id).set("rank", "same");
  const shown = agenda.topics().map(({ id }) => id);
  agenda.moveTopic(shown[2], shown[1]);
  assert.deepEqual(agenda.topics().map(({ id }) => id), [shown[0], shown[2], shown[1]]);
});

test("a talking point moved by both stays one", () => {
  const { ruth, mateo, meet } = pair();
  const ids = ["one", "two", "three"].map((title) => ruth.addTopic({ title }));
  meet();
  ruth.moveTopic(ids[0], null);
  mateo.moveTopic(ids[0], ids[2]);
  meet();
  assert.equal(ruth.topics().length, 3);
  assert.deepEqual(titles(ruth), titles(mateo));
});

test("one thing to talk about, raised by both at once, is shown once with the notes of both", () => {
  const { ruth, mateo, meet } = pair();
  const ids = [ruth.addTopic({ title: "CV", from: "item:17" }), mateo.addTopic({ title: "CV", from: "item:17" })];
  const notes = [ruth.addNote(ids[0], "hers"), mateo.addNote(ids[1], "his")];
  ruth.start(ids[0]);
  mateo.start(ids[1]);
  meet();
  const [topic, ...others] = ruth.topics();
  assert.deepEqual(others, []);
  assert.deepEqual(mateo.topics(), [topic]);
  assert.deepEqual(topic.notes.map(({ text }) => text).sort(), ["hers", "his"]);
  for (const note of notes) assert.ok(ruth.noteText(topic.id, note));
  assert.equal(ruth.now().id, topic.id);
  ruth.removeTopic(topic.id);
  assert.deepEqual(ruth.topics(), []);
});

test("what is talked about already is not added again", () => {
  const { agenda } = three();
  const id = agenda.addTopic({ title: "CV", from: "item:17" });
  assert.equal(agenda.addTopic({ title: "CV again", from: "item:17" }), id);
  assert.equal(agenda.topics().length, 4);
});

test("notes carry their author and keep their order", () => {
  const { ruth, mateo, meet } = pair();
  const topic = ruth.addTopic({ title: "Thesis" });
  ruth.addNote(topic, "first");
  meet();
  const note = mateo.addNote(topic);
  mateo.noteText(topic, note).insert(0, "second");
  meet();
  assert.deepEqual(ruth.topics()[0].notes.map(({ by, text }) => [by, text]), [["mentor", "first"], ["mentee", "second"]]);
  ruth.removeNote(topic, note);
  assert.equal(ruth.noteText(topic, note), null);
});

test("an action item changes by what is named", () => {
  const { agenda, ids } = three();
  const id = agenda.addItem({ text: "Send CV", owner: "mentee", due: "2026-12-01", talkingPoint: ids[0] });
  agenda.setItem(id, { owner: "mentor", doneAt: "2026-11-23T10:00:00Z" });
  const [{ rank, ...item }] = agenda.items();
  assert.equal(typeof rank, "string");
  assert.deepEqual(item, {
    id, text: "Send CV", owner: "mentor", due: "2026-12-01", doneAt: "2026-11-23T10:00:00Z", talkingPoint: ids[0],
  });
  agenda.setItem(id, { due: null });
  agenda.removeTopic(ids[0]);
  assert.deepEqual(agenda.items().map(({ due, talkingPoint }) => [due, talkingPoint]), [[null, null]]);
  agenda.removeItem(id);
  assert.deepEqual(agenda.items(), []);
});

test("a change that changes nothing makes no edit", () => {
  const { agenda, ids } = three();
  let edits = 0;
  agenda.doc.on("update", () => edits++);
  agenda.setState(ids[0], "open");
  agenda.setMinutes("nothinghere1", 5);
  assert.equal(edits, 0);
});

test("the timer runs on a talking point, and not on one that is gone", () => {
  const { agenda, ids } = three();
  assert.equal(agenda.now(), null);
  agenda.start(ids[0]);
  assert.equal(agenda.now().id, ids[0]);
  assert.ok(Math.abs(agenda.now().sinceMs - Date.now()) < 1000);
  agenda.removeTopic(ids[0]);
  assert.equal(agenda.now(), null);
  agenda.start(ids[1]);
  agenda.stop();
  assert.equal(agenda.now(), null);
});

test("undo takes back one deed after the other, never the partner's", () => {
  const { ruth, mateo, meet } = pair();
  const topic = ruth.addTopic({ title: "Thesis" });
  ruth.setMinutes(topic, 10);
  meet();
  mateo.setState(topic, "done");
  meet();
  ruth.undo();
  assert.deepEqual(ruth.topics().map(({ minutes, state }) => [minutes, state]), [[null, "done"]]);
  assert.equal(mateo.canUndo(), true);
  ruth.redo();
  assert.equal(ruth.topics()[0].minutes, 10);
});

test("undo brings back what was removed, with its notes", () => {
  const { agenda, ids } = three();
  agenda.addNote(ids[1], "remember");
  agenda.removeTopic(ids[1]);
  assert.equal(agenda.topics().length, 2);
  agenda.undo();
  assert.deepEqual(titles(agenda), ["one", "two", "three"]);
  assert.equal(agenda.topics()[1].notes[0].text, "remember");
});

test("undo does not take a talking point away that the partner has written in", () => {
  const { ruth, mateo, meet } = pair();
  ruth.addTopic({ title: "older" });
  const topic = ruth.addTopic({ title: "Thesis" });
  meet();
  mateo.addNote(topic, "chapter two");
  meet();
  ruth.undo();
  assert.deepEqual(titles(ruth), ["Thesis"]);
});

test("undo leaves the timer alone", () => {
  const { agenda, ids } = three();
  agenda.start(ids[0]);
  agenda.undo();
  assert.equal(agenda.now().id, ids[0]);
});

test("observers hear once of each change, and whose it was", () => {
  const { ruth, mateo, meet } = pair();
  const heard = [];
  const end = ruth.observe((change) => heard.push(change));
  ruth.addItem({ text: "Send CV", owner: "mentor" });
  mateo.addTopic({ title: "Thesis" });
  meet();
  end();
  ruth.undo();
  assert.deepEqual(heard, [{ local: true }, { local: false }]);
});

test("garbage in the document is dropped, and nothing throws", () => {
  const { agenda, ids } = three();
  const points = agenda.doc.getMap("talking_points");
  const good = () => new Map([["rank", "a5"], ["title", new Y.Text("x")], ["raised_by", "mentor"]]);
  const bad = [
    ["__proto__", new Y.Map(good())],
    ["short", new Y.Map(good())],
    ["norank000000", new Y.Map([...good()].slice(1))],
    ["rankisnumber", new Y.Map(good().set("rank", 7))],
    ["longrank0000", new Y.Map(good().set("rank", "a".repeat(300)))],
    ["plaintitle00", new Y.Map(good().set("title", "x"))],
    ["stranger0000", new Y.Map(good().set("raised_by", "admin"))],
    ["plainvalue00", 7],
    ["textinstead0", new Y.Text("x")],
  ];
  agenda.doc.transact(() => bad.forEach(([id, value]) => points.set(id, value)));
  points.set("lenient00000", new Y.Map(good().set("minutes", -1).set("state", "lost").set("notes", 3).set("from", 9)));
  assert.deepEqual(titles(agenda), ["one", "two", "three", "x"]);
  assert.deepEqual(agenda.topics().at(-1).minutes, null);
  agenda.doc.getMap("run").set("now", { not: "an id" });
  agenda.doc.getMap("action_items").set("itemitem0000", new Y.Map([["rank", "a0"], ["text", new Y.Text("t")], ["owner", "mentee"], ["due", "2026-13-45"], ["done_at", "soon"]]));
  assert.equal(agenda.now(), null);
  assert.deepEqual(agenda.items().map(({ due, doneAt }) => [due, doneAt]), [[null, null]]);
  assert.equal(agenda.addNote("lenient00000", "no notes there"), null);
  assert.equal(agenda.titleOf("plainvalue00"), null);
  agenda.moveTopic(ids[0], "textinstead0");
  agenda.moveBy("textinstead0", 1);
  agenda.removeNote(ids[0], "nothing");
});

test("a line that was emptied and then removed comes back with its words in one step", () => {
  const { agenda, ids } = three();
  agenda.titleOf(ids[1]).doc.transact(() => agenda.titleOf(ids[1]).delete(0, 3), LOCAL);
  agenda.removeTopic(ids[1]);
  assert.deepEqual(titles(agenda), ["one", "three"]);
  agenda.undo();
  assert.deepEqual(titles(agenda), ["one", "two", "three"]);
});

test("undo of a removal that followed something else takes back the removal alone", () => {
  const { agenda, ids } = three();
  agenda.setMinutes(ids[0], 5);
  agenda.removeTopic(ids[1]);
  agenda.undo();
  assert.deepEqual(titles(agenda), ["one", "two", "three"]);
  assert.equal(agenda.topics()[0].minutes, 5);
});

test("undo of what both changed at once leaves a talking point and an item to be seen", () => {
  const { ruth, mateo, meet } = pair();
  [ruth.doc.clientID, mateo.doc.clientID] = [1, 2]; // of two changes at once, the one by the greater number stays
  const id = ruth.addTopic({ title: "Thesis" });
  ruth.addTopic({ title: "Salary" });
  const item = ruth.addItem({ text: "Send CV", owner: "mentor" });
  meet();
  for (const partner of [ruth, mateo]) partner.moveTopic(id, null);
  meet();
  mateo.undo();
  for (const partner of [ruth, mateo]) partner.setItem(item, { owner: "mentee" });
  meet();
  mateo.undo();
  meet();
  for (const partner of [ruth, mateo]) {
    assert.deepEqual(titles(partner).sort(), ["Salary", "Thesis"]);
    assert.deepEqual(partner.items().map(({ text }) => text), ["Send CV"]);
  }
});

test("undo of a removal brings back a talking point that the partner moved meanwhile", () => {
  const { ruth, mateo, meet } = pair();
  const id = ruth.addTopic({ title: "Thesis" });
  ruth.addTopic({ title: "Salary" });
  meet();
  ruth.moveTopic(id, null);
  mateo.removeTopic(id);
  meet();
  mateo.undo();
  meet();
  assert.deepEqual(titles(ruth).sort(), ["Salary", "Thesis"]);
});
