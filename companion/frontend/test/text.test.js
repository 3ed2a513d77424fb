import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { bindText } from "../src/agenda/text.js";
import { Field } from "./fakes/field.js";

/** A field bound to a text that the partner has too. */
function bound(words = "", options = {}) {
  const [here, there] = [new Agenda(new Y.Doc(), "mentor"), new Agenda(new Y.Doc(), "mentee")];
  here.doc.on("update", (update, origin) => origin !== "line" && Y.applyUpdate(there.doc, update, "line"));
  there.doc.on("update", (update, origin) => origin !== "line" && Y.applyUpdate(here.doc, update, "line"));
  const [text, partner] = [here.takeaway("mentor"), there.takeaway("mentor")];
  partner.insert(0, words);
  const field = new Field(options.tagName);
  const unbind = bindText(field, text, { history: here, ...options });
  return { here, text, partner, field, unbind };
}

const caret = ({ selectionStart, selectionEnd }) => [selectionStart, selectionEnd];

test("the field shows the text, and the partner gets what is typed in it", () => {
  const { field, partner } = bound("CV");
  assert.equal(field.value, "CV");
  field.at(2).type(" to Ana");
  assert.equal(partner.toString(), "CV to Ana");
});

test("typing over a selection replaces what was selected and nothing else", () => {
  const { field, text, partner } = bound("send the CV");
  const deltas = [];
  text.observe(({ delta }) => deltas.push(delta));
  field.at(5, 8).type("a");
  assert.equal(partner.toString(), "send a CV");
  assert.deepEqual(deltas, [[{ retain: 5 }, { delete: 3 }, { insert: "a" }]]);
});

test("a letter typed beside the same letter goes where the caret is", () => {
  const { field, text } = bound("aa");
  const deltas = [];
  text.observe(({ delta }) => deltas.push(delta));
  field.at(0).type("a");
  field.at(3).backspace();
  assert.deepEqual(deltas, [[{ insert: "a" }], [{ retain: 2 }, { delete: 1 }]]);
});

test("the caret stays at its words while the partner writes before and behind it", () => {
  const { field, partner } = bound("Ana today");
  field.at(3);
  partner.insert(0, "for ");
  assert.deepEqual(caret(field), [7, 7]);
  partner.insert(13, "!");
  assert.deepEqual(caret(field), [7, 7]);
  partner.insert(7, "bel");
  assert.deepEqual(caret(field), [7, 7]);
  assert.equal(field.value, "for Anabel today!");
});

test("a selection shrinks by what the partner removes of it", () => {
  const { field, partner } = bound("send the CV today");
  field.at(5, 11);
  partner.delete(0, 8);
  assert.deepEqual(caret(field), [0, 3]);
});

test("a field without the focus keeps up without taking it", () => {
  const { field, partner } = bound("CV");
  field.hasFocus = false;
  field.setSelectionRange = () => assert.fail("took the focus");
  Object.defineProperty(field, "value", { set: () => {}, get: () => "CV" });
  partner.insert(0, "my ");
});

test("emoji are never cut in two", () => {
  const { field, partner } = bound("👍");
  field.at(2).backspace(2);
  field.type("👎🏽");
  field.at(0).type("👩‍💻");
  assert.equal(partner.toString(), "👩‍💻👎🏽");
  field.at(0, field.value.length).type("👍");
  assert.equal(partner.toString(), "👍");
  field.at(0, 2).type("👎");
  assert.equal(partner.toString(), "👎");
});

test("half an emoji waits for its other half", () => {
  const { field, partner, text } = bound("hi ");
  field.at(3).type("\uD83D");
  assert.equal(partner.toString(), text.toString());
  field.type("\uDE42");
  assert.equal(partner.toString(), "hi 🙂");
  assert.equal(text.toString(), "hi 🙂");
});

test("what is composed reaches the partner, and what the partner writes waits for the end of it", () => {
  const { field, partner, text } = bound("ab");
  field.at(1).compose();
  field.candidate("n");
  const { writes } = field;
  partner.insert(0, "<<");
  partner.insert(partner.length, ">>");
  field.candidate("ni");
  assert.equal(partner.toString(), "<<anib>>");
  partner.delete(2, 1);
  field.candidate("你");
  assert.equal(field.writes, writes);
  assert.equal(field.value, "a你b");
  field.commit();
  assert.equal(partner.toString(), "<<你b>>");
  assert.equal(field.value, text.toString());
  assert.deepEqual(caret(field), [3, 3]);
});

test("a composition over words that the partner removes keeps both", () => {
  const { field, partner } = bound("one two three");
  field.at(4, 7).compose();
  partner.delete(2, 8);
  field.candidate("2");
  field.commit();
  assert.equal(partner.toString(), "on2ree");
  assert.equal(field.value, "on2ree");
});

test("Ctrl+Z takes back the own words, with the caret where they were", () => {
  const { field, partner } = bound("CV");
  field.at(2).type(" now");
  partner.insert(0, "my ");
  assert.equal(field.press("z", { ctrlKey: true }), true);
  assert.equal(field.value, "my CV");
  field.press("z", { ctrlKey: true, shiftKey: true });
  assert.equal(field.value, "my CV now");
  assert.deepEqual(caret(field), [9, 9]);
  assert.equal(field.press("z"), false);
});

test("the caret is told where something was begun, with each keystroke, when it moves, and that it left", () => {
  const told = [];
  const { field } = bound("", { onCaret: (...place) => told.push(place) });
  field.type("hi");
  field.at(1).dispatchEvent(new Event("keyup"));
  field.dispatchEvent(new Event("blur"));
  assert.deepEqual(told, [[0, true], [2, true], [1, false], [null, false]]);
});

test("the key that was typed coming up again is not the end of typing", () => {
  const told = [];
  const { field } = bound("", { onCaret: (...place) => told.push(place) });
  field.type("h");
  field.dispatchEvent(new Event("keyup"));
  assert.deepEqual(told.at(-1), [1, true]);
});

test("line breaks that a field can't show don't shift what is typed behind them", () => {
  for (const tagName of ["INPUT", "TEXTAREA"]) {
    const { field, partner } = bound("a\r\nb", { tagName });
    field.at(4).type("!");
    assert.equal(partner.toString(), "a\r\nb!");
  }
});

test("an unbound field is left alone", () => {
  const { field, partner, unbind } = bound("CV");
  unbind();
  partner.insert(0, "my ");
  field.at(2).type("!");
  assert.equal(field.value, "CV!");
  assert.equal(partner.toString(), "my CV");
});

test("typing in a line that the partner has removed does nothing", () => {
  const agenda = new Agenda(new Y.Doc(), "mentor");
  const id = agenda.addItem({ text: "CV", owner: "mentor" });
  const field = new Field();
  bindText(field, agenda.itemText(id));
  agenda.removeItem(id);
  field.at(field.value.length).type("!!");
});

test("whatever two people type, compose and take back at once, both see the same", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const { field, partner, text, here } = bound("Let’s begin 🙂 here");
    for (let step = 0; step < 30; step++) oneStep(random, field, partner, here);
    if (field.composing) field.commit();
    assert.equal(partner.toString(), text.toString(), `seed ${seed}`);
    assert.equal(field.value, text.toString(), `seed ${seed}`);
    assert.doesNotMatch(field.value, /\uFFFD/, `seed ${seed}`);
  }
});

function oneStep(random, field, partner, here) {
  const pick = (count) => Math.floor(random() * count);
  const place = (text) => [...text].slice(0, pick([...text].length + 1)).join("").length;
  const deed = pick(7);
  if (deed === 0) partner.insert(place(partner.toString()), "pq🙂"[pick(3)] === "\uD83D" ? "🙂" : "pq");
  else if (deed === 1 && partner.length) removeOne(partner, place(partner.toString()));
  else if (field.composing) deed < 5 ? field.candidate("你好".slice(0, 1 + pick(2))) : field.commit();
  else if (deed === 2) field.at(...[place(field.value), place(field.value)].sort((a, b) => a - b)).type(["x", "", "🙂🙃"][pick(3)]);
  else if (deed === 3) field.at(place(field.value)).compose();
  else if (deed === 4) here.undo();
  else field.at(place(field.value)).type("ab");
}

function removeOne(text, at) {
  const rest = text.toString().slice(at);
  if (rest) text.delete(at, [...rest][0].length);
}

function seeded(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    return seed / 4294967296;
  };
}
