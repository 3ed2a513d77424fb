import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { follow } from "../src/agenda/provider.js";
import { openStore, Store } from "../src/agenda/store.js";
import { Room } from "./fakes/room.js";
import { pass, rest, stopTime } from "./fakes/time.js";

let people = 0;
let room;
let tabs = [];
let startTime;

beforeEach(() => {
  startTime = stopTime();
  room = new Room();
  people += 10;
});

afterEach(async () => {
  for (const tab of tabs) tab.following.stop();
  tabs = [];
  await rest();
  startTime();
});

/** A tab of a person (1 is the mentor, 2 the mentee) on the session's page. */
async function open(person = 1, { store } = {}) {
  const role = person === 1 ? "mentor" : "mentee";
  const agenda = new Agenda(new Y.Doc(), role);
  const socket = room.line(role).connect();
  const opened = store ?? openStore(people + person, 42);
  await rest();
  const tab = { agenda, socket, store: await opened, told: [] };
  tab.following = follow({ doc: agenda.doc, socket, store: tab.store });
  tab.following.on(({ kind }) => tab.told.push(kind));
  tabs.push(tab);
  return tab;
}

/** The tab is gone, as when its process is killed: nothing more is sent or kept. */
function kill(tab) {
  tab.agenda.doc.destroy();
  tab.following.stop();
  tabs = tabs.filter((one) => one !== tab);
}

const titles = ({ agenda }) => agenda.topics().map(({ title }) => title);
const kept = () => new Agenda(room.doc, "mentor").topics().map(({ title }) => title);

test("what one types the other sees, and it is saved when the room says so, not before", async () => {
  const [ruth, mateo] = [await open(1), await open(2)];
  await pass(30);
  assert.equal(ruth.following.state.kind, "saved");
  ruth.agenda.addTopic({ title: "Thesis" });
  assert.equal(ruth.following.state.kind, "saving");
  await pass(44);
  assert.equal(ruth.following.state.kind, "saving");
  assert.deepEqual(kept(), []);
  await pass(20);
  assert.equal(ruth.following.state.kind, "saved");
  assert.deepEqual(titles(mateo), ["Thesis"]);
  assert.deepEqual(ruth.told.slice(-2), ["saving", "saved"]);
});

test("keystrokes of 40 ms go out as one edit", async () => {
  const { agenda, socket } = await open();
  await pass(30);
  for (let count = 0; count < 10; count++) agenda.takeaway("mentor").insert(0, "x");
  await pass(50);
  assert.equal(socket.sent.filter(([name]) => name === "edit").length, 1);
});

test("the seat says who we are and who is here", async () => {
  await open(2);
  await pass(20);
  const { following } = await open(1);
  await pass(30);
  const { role, sessionState, here } = following.seated;
  assert.deepEqual([role, sessionState, here.length], ["mentor", "live", 1]);
});

test("edits made offline are kept on the device, and saved after the line is back", async () => {
  const ruth = await open();
  await pass(30);
  room.crash();
  ruth.agenda.addTopic({ title: "on the train" });
  assert.deepEqual(ruth.following.state, { kind: "offline", kept: "writing", why: null });
  await pass(60);
  assert.deepEqual(ruth.following.state, { kind: "offline", kept: "yes", why: null });
  assert.deepEqual(ruth.following.unsavedText(), ["on the train"]);
  room.isUp = true;
  await pass(700);
  assert.equal(ruth.following.state.kind, "saved");
  assert.deepEqual(kept(), ["on the train"]);
  assert.deepEqual(ruth.following.unsavedText(), []);
});

test("a deletion made offline arrives too", async () => {
  const ruth = await open();
  const id = ruth.agenda.addTopic({ title: "old" });
  await pass(200);
  room.crash();
  ruth.agenda.removeTopic(id);
  await pass(60);
  room.isUp = true;
  await pass(700);
  assert.equal(ruth.following.state.kind, "saved");
  assert.deepEqual(kept(), []);
});

test("an answer lost on the way leads to no double", async () => {
  const [ruth, mateo] = [await open(1), await open(2)];
  await pass(30);
  ruth.agenda.takeaway("mentor").insert(0, "once");
  await pass(51);
  ruth.socket.drop();
  assert.equal(room.log.length, 1);
  assert.equal(ruth.following.state.kind, "offline");
  await pass(700);
  assert.equal(ruth.following.state.kind, "saved");
  assert.equal(mateo.agenda.takeaway("mentor").toString(), "once");
});

test("a reload without a line shows all that was typed and seen, and the next one with a line saves it", async () => {
  const [ruth, mateo] = [await open(1), await open(2)];
  await pass(30);
  mateo.agenda.addTopic({ title: "his" });
  await pass(100);
  room.crash();
  ruth.agenda.addTopic({ title: "hers" });
  await pass(60);
  kill(ruth);
  const again = await open(1);
  const changes = [];
  again.agenda.observe((change) => changes.push(change));
  await pass(60);
  assert.deepEqual(titles(again), ["his", "hers"]);
  assert.deepEqual(changes, [{ local: false }]);
  assert.equal(again.following.state.kind, "offline");
  room.isUp = true;
  await pass(700);
  assert.deepEqual(kept(), ["his", "hers"]);
  assert.equal(again.following.state.kind, "saved");
});

test("what a tab left unsaved is sent by another tab of the same person", async () => {
  const [first, second] = [await open(1), await open(1)];
  await pass(30);
  room.crash();
  first.agenda.addTopic({ title: "from the first tab" });
  second.agenda.addTopic({ title: "from the second tab" });
  await pass(60);
  kill(first);
  room.isUp = true;
  await pass(700);
  assert.deepEqual(kept().sort(), ["from the first tab", "from the second tab"]);
  assert.equal(second.following.state.kind, "saved");
});

test("a line that carries nothing is given up after ten seconds without an answer", async () => {
  const ruth = await open();
  await pass(30);
  ruth.socket.stall();
  ruth.agenda.addTopic({ title: "into the void" });
  await pass(9_900);
  assert.equal(ruth.following.state.kind, "saving");
  await pass(1_000);
  assert.equal(ruth.following.state.kind, "saved");
  assert.deepEqual(kept(), ["into the void"]);
});

test("a sync without an answer is tried again", async () => {
  const ruth = await open();
  await pass(6);
  ruth.socket.stall();
  await pass(8_500);
  assert.equal(ruth.following.state.kind, "saved");
});

for (const why of ["missing", "busy"]) {
  test(`an edit refused as ${why} is sent again`, async () => {
    const ruth = await open();
    await pass(30);
    let times = 0;
    room.refuse = () => (times++ === 0 ? why : null);
    ruth.agenda.addTopic({ title: "twice told" });
    await pass(60);
    assert.deepEqual(kept(), []);
    await pass(3_000);
    assert.deepEqual(kept(), ["twice told"]);
    assert.equal(ruth.following.state.kind, "saved");
  });
}

test("while the server has no room for an edit, the page says that this device keeps it", async () => {
  const ruth = await open();
  await pass(30);
  room.refuse = () => "busy";
  ruth.agenda.addTopic({ title: "kept here" });
  await pass(100);
  assert.equal(ruth.following.state.kind, "offline");
  assert.equal(ruth.following.state.kept, "yes");
});

for (const why of ["closed", "bad", "too_big"]) {
  test(`an edit refused as ${why} ends it, with its words to copy, also after a reload`, async () => {
    const ruth = await open();
    const id = ruth.agenda.addItem({ text: "Send CV", owner: "mentor" });
    await pass(100);
    room.refuse = () => why;
    ruth.agenda.itemText(id).insert(7, " to Ana");
    await pass(100);
    assert.deepEqual(ruth.following.state, { kind: "refused", kept: "yes", why });
    assert.deepEqual(ruth.following.unsavedText(), ["Send CV to Ana"]);
    kill(ruth);
    room.refuse = () => null;
    const again = await open();
    await pass(60);
    assert.deepEqual(again.agenda.items().map(({ text }) => text), ["Send CV"]);
    assert.deepEqual(again.following.unsavedText(), ["Send CV to Ana"]);
    await again.following.forgetWords();
    assert.deepEqual(again.following.unsavedText(), []);
  });
}

test("who was removed is refused for good, and the document leaves the device", async () => {
  const ruth = await open();
  ruth.agenda.addTopic({ title: "Thesis" });
  await pass(100);
  ruth.socket.deny("removed");
  await pass(60);
  assert.deepEqual(ruth.following.state, { kind: "refused", kept: "yes", why: "removed" });
  assert.deepEqual((await ruth.store.load()).edits, []);
});

test("who was signed out keeps everything for the next time", async () => {
  const ruth = await open();
  await pass(30);
  room.crash();
  ruth.agenda.addTopic({ title: "for later" });
  await pass(60);
  ruth.socket.deny("signed_out");
  assert.equal(ruth.following.state.why, "signed_out");
  assert.deepEqual(ruth.following.unsavedText(), ["for later"]);
  kill(ruth);
  room.isUp = true;
  await open();
  await pass(200);
  assert.deepEqual(kept(), ["for later"]);
});

test("a server restored from a backup gets nothing back by itself, and unsaved words are offered", async () => {
  const ruth = await open();
  const id = ruth.agenda.addTopic({ title: "kept" });
  await pass(100);
  const backup = [...room.log];
  ruth.agenda.removeTopic(id);
  ruth.agenda.addTopic({ title: "after the backup" });
  await pass(100);
  room.crash();
  ruth.agenda.addTopic({ title: "unsaved" });
  await pass(60);
  room.restore(backup, "second");
  await pass(700);
  assert.equal(ruth.following.state.why, "restored");
  assert.deepEqual(ruth.following.unsavedText(), ["unsaved"]);
  kill(ruth);
  const again = await open();
  await pass(60);
  assert.deepEqual(titles(again), ["kept"]);
  assert.deepEqual(again.following.unsavedText(), ["unsaved"]);
  assert.equal(again.following.state.kind, "saved");
});

test("a long time offline goes out in pieces that the server takes", async () => {
  const ruth = await open();
  await pass(30);
  room.crash();
  for (let count = 0; count < 6; count++) {
    ruth.agenda.addTopic({ title: String(count).repeat(70_000) });
    await pass(60);
  }
  room.isUp = true;
  await pass(700);
  assert.equal(ruth.following.state.kind, "saved");
  assert.equal(kept().length, 6);
  const sizes = ruth.socket.sent.filter(([name]) => name === "edit").map(([, update]) => update.length);
  assert.ok(sizes.length > 2 && Math.max(...sizes) <= 200_000);
});

test("a single edit larger than the server takes is not sent, and its words are offered", async () => {
  const ruth = await open();
  await pass(30);
  ruth.agenda.addTopic({ title: "x".repeat(300_000) });
  await pass(60);
  assert.equal(ruth.following.state.why, "too_big");
  assert.deepEqual(ruth.following.unsavedText().map(({ length }) => length), [300_000]);
  assert.deepEqual(room.log, []);
});

test("without a store it works, and says that nothing is kept", async () => {
  const ruth = await open(1, { store: new Store(null, "42") });
  await pass(30);
  room.crash();
  ruth.agenda.addTopic({ title: "only here" });
  await pass(60);
  assert.deepEqual(ruth.following.state, { kind: "offline", kept: "no", why: null });
  room.isUp = true;
  await pass(700);
  assert.deepEqual(ruth.following.state, { kind: "saved", kept: "yes", why: null });
});

test("leaving the page keeps and sends what was typed last", async () => {
  const ruth = await open();
  await pass(30);
  ruth.agenda.addTopic({ title: "last word" });
  ruth.following.stop();
  tabs = [];
  await rest();
  const { edits } = await ruth.store.load();
  assert.equal(edits.filter(({ saved }) => !saved).length, 1);
});

test("a fact that the session is closed ends it", async () => {
  const ruth = await open();
  await pass(30);
  room.say("fact", { kind: "closed" });
  await pass(10);
  assert.deepEqual(ruth.following.state, { kind: "refused", kept: "yes", why: "closed" });
  assert.deepEqual(ruth.following.unsavedText(), []);
});

test("a tab that sits down after the session was closed ends, with what the room never got to copy", async () => {
  const ruth = await open();
  const id = ruth.agenda.addItem({ text: "Send CV", owner: "mentor" });
  await pass(100);
  ruth.socket.drop();
  ruth.agenda.itemText(id).insert(7, " to Ana");
  room.state = "closed";
  await pass(500);
  assert.deepEqual(ruth.following.state, { kind: "refused", kept: "yes", why: "closed" });
  assert.deepEqual(ruth.following.unsavedText(), ["Send CV to Ana"]);
});

test("a device that says it lost its network is offline at once, and back at once when it was wrong", async () => {
  const device = new EventTarget();
  Object.assign(globalThis, {
    addEventListener: device.addEventListener.bind(device),
    removeEventListener: device.removeEventListener.bind(device),
  });
  const { following } = await open();
  delete globalThis.addEventListener;
  await pass(30);
  device.dispatchEvent(new Event("offline"));
  assert.equal(following.state.kind, "offline");
  await pass(60);
  assert.equal(following.state.kind, "saved");
});
