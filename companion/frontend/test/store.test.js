import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as Y from "yjs";

import { forgetEverything, hasUnsaved, openStore, Store } from "../src/agenda/store.js";

let person = 0;
beforeEach(() => person++);

/** Edits of one document, a letter each. */
function letters(word) {
  const doc = new Y.Doc();
  const updates = [];
  doc.on("update", (update) => updates.push(update));
  for (const letter of word) doc.getText("t").insert(doc.getText("t").length, letter);
  return updates;
}

function read(edits) {
  const doc = new Y.Doc();
  for (const { update } of edits) Y.applyUpdate(doc, update);
  return doc.getText("t").toString();
}

const written = (store) => store.load();

test("an edit is kept once it is written, and found by the next tab as unsaved", async () => {
  const store = await openStore(person, 42);
  const [update] = letters("a");
  store.add(update);
  assert.equal(store.keeping, "writing");
  await written(store);
  assert.equal(store.keeping, "yes");
  const { edits } = await (await openStore(person, 42)).load();
  assert.deepEqual(edits.map(({ saved }) => saved), [false]);
  assert.equal(read(edits), "a");
  assert.equal(await hasUnsaved(person), true);
});

test("what the server has proved to have is kept as saved", async () => {
  const store = await openStore(person, 42);
  const edits = letters("ab").map((update) => store.add(update));
  await store.settle(edits);
  const kept = await store.load();
  assert.deepEqual(kept.edits.map(({ saved }) => saved), [true, true]);
  assert.equal(await hasUnsaved(person), false);
});

test("sessions and people do not see each other", async () => {
  const [update] = letters("a");
  (await openStore(person, 1)).add(update);
  assert.deepEqual((await (await openStore(person, 2)).load()).edits, []);
  assert.deepEqual((await (await openStore(`${person}-other`, 1)).load()).edits, []);
});

test("many saved edits are folded into one, and the unsaved stay apart", async () => {
  const store = await openStore(person, 42);
  const [unsaved, ...saved] = letters("x".repeat(300));
  store.add(unsaved);
  for (const update of saved) store.keep(update);
  await written(store);
  store.keep(saved[0]);
  const { edits } = await store.load();
  assert.ok(edits.length < 10);
  assert.equal(edits.filter((edit) => !edit.saved).length, 1);
  assert.equal(read(edits).length, 300);
});

test("a row of another life of the document is not taken into this one", async () => {
  const [first, second] = [await openStore(person, 42), await openStore(person, 42)];
  first.begin("one");
  await first.load();
  await second.load();
  await first.restart("two", ["my words"]);
  second.add(letters("old")[0]);
  await written(second);
  assert.equal(second.epoch, "one");
  const fresh = await openStore(person, 42);
  const { edits, words } = await fresh.load();
  assert.deepEqual([fresh.epoch, edits, words], ["two", [], ["my words"]]);
  await fresh.forgetWords();
  assert.deepEqual((await fresh.load()).words, []);
});

test("words put aside count as unsaved", async () => {
  const store = await openStore(person, 42);
  await store.restart(null, ["my words"]);
  assert.equal(await hasUnsaved(person), true);
});

test("signing out removes everything, and an open tab goes on in memory", async () => {
  const store = await openStore(person, 42);
  const [one, two] = letters("ab");
  store.add(one);
  await written(store);
  await forgetEverything(person);
  assert.deepEqual((await indexedDB.databases()).filter(({ name }) => name.endsWith(`-${person}`)), []);
  store.add(two);
  await written(store);
  assert.equal(store.keeping, "no");
  assert.equal(await hasUnsaved(person), false);
});

test("asking for a person who was never here makes nothing", async () => {
  assert.equal(await hasUnsaved("stranger"), false);
  await forgetEverything("stranger");
  assert.deepEqual((await indexedDB.databases()).filter(({ name }) => name.includes("stranger")), []);
});

test("a full disk is said, and what waited is written when there is room again", async () => {
  const store = await openStore(person, 42);
  const [one, two] = letters("ab");
  const add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
  store.add(one);
  await written(store);
  assert.equal(store.keeping, "no");
  IDBObjectStore.prototype.add = add;
  store.add(two);
  const { edits } = await written(store);
  assert.equal(store.keeping, "yes");
  assert.equal(read(edits), "ab");
});

test("without IndexedDB the store works in memory", async () => {
  const { indexedDB } = globalThis;
  globalThis.indexedDB = { open: () => { throw new DOMException("no", "SecurityError"); } };
  const store = await openStore(person, 42);
  globalThis.indexedDB = indexedDB;
  assert.ok(store instanceof Store);
  store.add(letters("a")[0]);
  store.begin("one");
  assert.deepEqual(await store.load(), { edits: [], words: [] });
  assert.deepEqual([store.keeping, store.epoch], ["no", "one"]);
});

test("bytes from the wire are kept without the frame they came in", async () => {
  const store = await openStore(person, 42);
  const [update] = letters("a");
  const frame = new Uint8Array(1000);
  frame.set(update, 100);
  store.keep(frame.subarray(100, 100 + update.length));
  const { edits } = await store.load();
  assert.equal(edits[0].update.buffer.byteLength, update.length);
});
