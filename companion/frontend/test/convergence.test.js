import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Agenda } from "../src/agenda/document.js";
import { follow } from "../src/agenda/provider.js";
import { openStore, Store } from "../src/agenda/store.js";
import { Room } from "./fakes/room.js";
import { pass, rest, stopTime } from "./fakes/time.js";

const HISTORIES = Number(process.env.HISTORIES ?? 10);
const FIRST = Number(process.env.SEED ?? 1);
const STEPS = 40;

/** Two people, three tabs, and everything that can happen to them. */
class History {
  constructor(seed) {
    this.seed = seed;
    this.random = seeded(seed);
    this.room = new Room();
    this.room.refuse = () => (this.isHealing || this.random() > 0.03 ? null : ["busy", "missing"][this.pick(2)]);
    this.tabs = [];
  }

  pick(count) {
    return Math.floor(this.random() * count);
  }

  async open(index) {
    const role = index === 1 ? "mentee" : "mentor";
    const agenda = new Agenda(new Y.Doc(), role);
    // One in four has no IndexedDB: the tab is all there is.
    const opening = this.seed % 4 === 0 ? new Store(null, "42") : openStore(`${this.seed}-${role}`, 42);
    await rest();
    const store = await opening;
    const socket = this.room.line(role).connect();
    this.tabs[index] = { agenda, socket, store, following: follow({ doc: agenda.doc, socket, store }) };
  }

  async run() {
    for (const index of [0, 1, 2]) await this.open(index);
    for (let step = 0; step < STEPS; step++) {
      await this.step(this.pick(3));
      this.checkSaved(`seed ${this.seed}, step ${step}`);
    }
    await this.heal();
    this.checkSame();
    for (const { following } of this.tabs) following.stop();
    await rest();
  }

  async step(index) {
    const tab = this.tabs[index];
    const deed = this.pick(20);
    if (deed < 10) write(tab.agenda, (count) => this.pick(count));
    else if (deed < 14) await pass(this.pick(60));
    else if (deed < 16) await pass(this.pick(900));
    else if (deed === 16) tab.socket.drop();
    else if (deed === 17) tab.socket.stall();
    else if (deed === 18) await this.reload(index);
    else this.room.isUp ? this.room.crash() : (this.room.isUp = true);
  }

  /** The page is left and opened again; without a store only when nothing would be lost. */
  async reload(index) {
    const { following, store } = this.tabs[index];
    if (store.keeping === "no" && following.state.kind !== "saved") return;
    following.stop();
    await rest();
    await this.open(index);
  }

  async heal() {
    this.isHealing = true;
    this.room.isUp = true;
    await pass(40_000, 50);
  }

  /** Saved means saved: nothing that such a tab holds is news to the room. */
  checkSaved(when) {
    for (const { agenda, following } of this.tabs) {
      if (following.state.kind !== "saved") continue;
      const there = this.room.doc;
      const before = JSON.stringify(there);
      Y.applyUpdate(there, Y.encodeStateAsUpdate(agenda.doc));
      assert.equal(JSON.stringify(there), before, when);
    }
  }

  checkSame() {
    const there = plain(this.room.doc);
    for (const { agenda, following } of this.tabs) {
      assert.deepEqual(following.state, { kind: "saved", kept: "yes", why: null }, `seed ${this.seed}`);
      assert.deepEqual(plain(agenda.doc), there, `seed ${this.seed}`);
    }
  }
}

const plain = (doc) => {
  const agenda = new Agenda(doc, "mentor");
  return [agenda.topics(), agenda.items(), agenda.takeaway("mentor").toString(), agenda.now()];
};

function write(agenda, pick) {
  const topics = agenda.topics();
  const one = topics[pick(topics.length || 1)];
  const deeds = [
    () => agenda.addTopic({ title: `topic ${pick(100)}`, from: pick(3) ? null : `item:${pick(2)}` }),
    () => one && agenda.addNote(one.id, "note"),
    () => one && agenda.moveBy(one.id, pick(2) ? 1 : -1),
    () => one && agenda.titleOf(one.id)?.insert(0, "x"),
    () => one && pick(2) && agenda.removeTopic(one.id),
    () => one && agenda.start(one.id),
    () => agenda.addItem({ text: "send CV", owner: "mentee" }),
    () => agenda.takeaway("mentor").insert(pick(agenda.takeaway("mentor").length + 1), "word "),
    () => agenda.takeaway("mentor").length > 3 && agenda.takeaway("mentor").delete(0, 2),
    () => agenda.undo(),
  ];
  deeds[pick(deeds.length)]();
}

function seeded(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

test(`${HISTORIES} histories of drops, stalls, crashes, refusals and reloads converge, and saved means saved`, async () => {
  const startTime = stopTime();
  try {
    for (let seed = FIRST; seed < FIRST + HISTORIES; seed++) await new History(seed).run();
  } finally {
    startTime();
  }
});
