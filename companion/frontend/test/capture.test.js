import assert from "node:assert/strict";
import { test } from "node:test";

import { capture, handleAt } from "../src/agenda/capture.js";
import { loadDays } from "../src/agenda/dates.js";

const names = { mentor: "Ruth", mentee: "Mateo" };
const today = "2026-11-22"; // a Sunday
const british = await loadDays("en-GB");
const american = await loadDays("en-US");
const chilean = await loadDays("es-CL");

/** @param {string} line @param {object} [reader] */
const read = (line, reader = {}) => capture(line, { names, role: "mentor", today, findDay: british, ...reader });

test("reads who, what and when", () => {
  assert.deepEqual(read("send CV to Ana @mateo friday"), { text: "Send CV to Ana", owner: "mentee", due: "2026-11-27" });
});

test("reads them in any order", () => {
  const said = { text: "Send CV to Ana", owner: "mentee", due: "2026-11-27" };
  for (const line of ["@mateo send CV to Ana friday", "friday send CV to Ana @mateo", "send CV to Ana by friday @mateo"]) {
    assert.deepEqual(read(line), said, line);
  }
});

test("leaves out what nobody said", () => {
  assert.deepEqual(read("read the write-up"), { text: "Read the write-up", owner: null, due: null });
});

test("the beginning of a first name is enough, whatever its case or accents", () => {
  assert.equal(read("call @M").owner, "mentee");
  assert.equal(read("call @RUTH").owner, "mentor");
  assert.equal(read("call @jose", { names: { mentor: "Ruth", mentee: "José" } }).owner, "mentee");
});

test("me is whoever writes", () => {
  assert.equal(read("call @me").owner, "mentor");
  assert.equal(read("call @me", { role: "mentee" }).owner, "mentee");
});

test("a name that is nobody's, or could be both, stays in the words", () => {
  assert.deepEqual(read("ask @paula"), { text: "Ask @paula", owner: null, due: null });
  const twins = { names: { mentor: "Maria", mentee: "Mateo" } };
  assert.deepEqual(read("ask @ma", twins), { text: "Ask @ma", owner: null, due: null });
  assert.equal(read("ask @mat", twins).owner, "mentee");
});

test("two people named is nobody named", () => {
  assert.deepEqual(read("talk @ruth @mateo"), { text: "Talk @ruth @mateo", owner: null, due: null });
});

test("an address is not a handle", () => {
  assert.deepEqual(read("write to ana@mateo.example"), { text: "Write to ana@mateo.example", owner: null, due: null });
});

test("numbers are read in the reader's order of day and month", () => {
  assert.equal(read("send it 3/4").due, "2027-04-03");
  assert.equal(read("send it 3/4", { findDay: american }).due, "2027-03-04");
});

test("the reader's own language is understood beside English", () => {
  assert.deepEqual(read("mandar CV a Ana @mateo para el viernes", { findDay: chilean }), {
    text: "Mandar CV a Ana",
    owner: "mentee",
    due: "2026-11-27",
  });
  assert.equal(read("send CV friday", { findDay: chilean }).due, "2026-11-27");
});

for (const [said, due] of [
  ["today", "2026-11-22"],
  ["tomorrow", "2026-11-23"],
  ["fri", "2026-11-27"],
  ["next friday", "2026-11-27"],
  ["in 2 weeks", "2026-12-06"],
  ["27 Nov", "2026-11-27"],
  ["Nov 27th", "2026-11-27"],
  ["on 1 December", "2026-12-01"],
  ["2026-12-01", "2026-12-01"],
  ["due by 1 December", "2026-12-01"],
  ["2 January", "2027-01-02"],
]) {
  test(`understands "${said}"`, () => assert.deepEqual(read(`send it ${said}`), { text: "Send it", owner: null, due }));
}

for (const said of [
  "next week", "next month", "this weekend", "yesterday", "last friday", "1 March 2020", "monday to wednesday",
  "at 5pm", "tonight", "in an hour", "ask if she may", "notes from monday", "day after tomorrow",
]) {
  test(`makes no date of "${said}"`, () => {
    const line = `look at ${said}`;
    assert.deepEqual(read(line), { text: `Look at ${said}`, owner: null, due: null });
  });
}

test("words that only look like days stay words", () => {
  for (const line of ["Ask why the cat sat there", "Offer 24/7 support for Ana", "Ask Sun about the role", "Read page 1/2 again", "Prepare the Friday talk"]) {
    assert.deepEqual(read(line), { text: line, owner: null, due: null }, line);
  }
});

test("a day that cannot be anything else may stand anywhere", () => {
  assert.deepEqual(read("send CV tomorrow to Ana"), { text: "Send CV to Ana", owner: null, due: "2026-11-23" });
});

test("a time of day stays in the words", () => {
  assert.deepEqual(read("call Ana friday 5pm"), { text: "Call Ana 5pm", owner: null, due: "2026-11-27" });
  assert.deepEqual(read("call Ana tomorrow morning"), { text: "Call Ana morning", owner: null, due: "2026-11-23" });
});

test("of two days the later word is the due date", () => {
  assert.deepEqual(read("send Monday notes by friday"), { text: "Send Monday notes", owner: null, due: "2026-11-27" });
});

test("the first word's own capitals stay", () => {
  assert.equal(read("iOS build @ruth").text, "iOS build");
});

test("only a handle and a day say nothing to do", () => {
  assert.equal(read("@mateo friday").text, "");
});

test("a handle being written offers whom it could mean", () => {
  const reader = /** @type {const} */ ({ names, role: "mentor" });
  assert.deepEqual(handleAt("send CV @", 9, reader), { from: 8, choices: ["mateo", "me"] });
  assert.deepEqual(handleAt("send CV @ma", 11, reader), { from: 8, choices: ["mateo"] });
  assert.deepEqual(handleAt("send CV @m friday", 10, reader), { from: 8, choices: ["mateo", "me"] });
  assert.equal(handleAt("send CV", 7, reader), null);
});

for (const [locale, line] of [
  ["es-CL", "Hablar con Martes"],
  ["es-CL", "Leer las notas de lunes"],
  ["es-CL", "Leer las notas desde el lunes"],
  ["es-CL", "Mandar CV el viernes de la próxima semana"],
  ["de-DE", "Reden mit Sonntag"],
  ["fr-FR", "Parler avec Mardi"],
  ["it-IT", "Parlare con Domenica"],
  ["nl-NL", "Praten met vrijdag"],
  ["pt-BR", "Falar com Domingo"],
  ["es-CL", "Hablar con Friday"],
  ["en-GB", "Talk with Sunday"],
]) {
  test(`makes no date of "${line}"`, async () => {
    assert.deepEqual(read(line, { findDay: await loadDays(locale) }), { text: line, owner: null, due: null });
  });
}

for (const [locale, line] of [
  ["es-CL", "mandar el viernes próximo CV a Ana"],
  ["es-CL", "mandar CV a Ana el próximo viernes"],
  ["es-CL", "mandar CV a Ana el viernes que viene"],
  ["es-CL", "mandar CV a Ana antes del viernes"],
  ["fr-FR", "mandar CV a Ana le vendredi qui vient"],
  ["de-DE", "mandar CV a Ana am kommenden Freitag"],
  ["nl-NL", "mandar CV a Ana vrijdag aanstaande"],
  ["pt-BR", "mandar CV a Ana na próxima sexta"],
  ["pt-BR", "mandar CV a Ana sexta-feira que vem"],
]) {
  test(`takes the whole day out of "${line}"`, async () => {
    const said = read(line, { findDay: await loadDays(locale) });
    assert.deepEqual(said, { text: "Mandar CV a Ana", owner: null, due: "2026-11-27" });
  });
}
