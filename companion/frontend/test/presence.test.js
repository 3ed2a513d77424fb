import assert from "node:assert/strict";
import { Emitter } from "@socket.io/component-emitter";
import { afterEach, beforeEach, mock, test } from "node:test";

import { attend } from "../src/agenda/presence.js";

const HERE = { field: "takeaway", caret: 3, typing: true };

let socket;
let following;
let presence;
let said;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  said = [];
  socket = Object.assign(new Emitter(), { connected: true, volatile: { emit: (_, place) => said.push(place) } });
  following = Object.assign(new Emitter(), { seated: null });
  presence = attend({ socket, following: { get seated() { return following.seated; }, on: (fn) => (following.on("x", fn), () => following.off("x", fn)) } });
});

afterEach(() => {
  presence.stop();
  mock.timers.reset();
});

const sit = (...here) => {
  following.seated = { here };
  following.emit("x");
};
const hear = (state, seat = "s1") => socket.emit("presence", { seat, role: "mentee", state });

test("five a second at most, and the last place always", () => {
  for (let caret = 0; caret < 100; caret++) {
    presence.say({ ...HERE, caret });
    mock.timers.tick(10);
  }
  mock.timers.tick(400);
  assert.ok(said.length <= 6);
  assert.equal(said.at(-1).caret, 99);
});

test("who is here is known from the seat, then from what they say", () => {
  sit({ seat: "s1", role: "mentee", state: {} });
  assert.deepEqual(presence.others.get("s1"), { seat: "s1", role: "mentee", field: null, caret: null, typing: false });
  hear(HERE);
  assert.deepEqual(presence.others.get("s1"), { seat: "s1", role: "mentee", ...HERE });
  hear(null);
  assert.equal(presence.others.size, 0);
});

test("whoever types nothing for four seconds is not typing", () => {
  const told = [];
  presence.on((others) => told.push(others.get("s1").typing));
  hear(HERE);
  mock.timers.tick(3_000);
  hear(HERE);
  mock.timers.tick(3_900);
  assert.deepEqual(told, [true, true]);
  mock.timers.tick(200);
  assert.deepEqual(told, [true, true, false]);
});

test("without a line nobody is known to be here, and the next seat hears where we are", () => {
  sit();
  hear(HERE);
  presence.say({ ...HERE, caret: 1 });
  socket.connected = false;
  socket.emit("disconnect");
  assert.equal(presence.others.size, 0);
  presence.say({ ...HERE, caret: 2 });
  mock.timers.tick(400);
  assert.equal(said.length, 1);
  socket.connected = true;
  sit();
  assert.deepEqual(said.map(({ caret }) => caret), [1, 2]);
});

test("the seat this tab had before its line broke is nobody else's", () => {
  const here = (seat) => ({ seat, role: "mentor", state: HERE });
  following.seated = { seat: "s1", here: [] };
  following.emit("x");
  following.seated = { seat: "s2", here: [here("s1"), here("s3")] };
  following.emit("x");
  socket.emit("presence", here("s1"));
  assert.deepEqual([...presence.others.keys()], ["s3"]);
});

test("nonsense from the wire is dropped", () => {
  for (const nonsense of [null, 7, { seat: 7, role: "mentee" }, { seat: "s1", role: "admin", state: {} }]) {
    socket.emit("presence", nonsense);
  }
  assert.equal(presence.others.size, 0);
  hear({ field: {}, caret: -1, typing: "yes" });
  assert.deepEqual(presence.others.get("s1"), { seat: "s1", role: "mentee", field: null, caret: null, typing: false });
});

test("facts are passed on until that is ended", () => {
  const facts = [];
  const end = presence.onFact((fact) => facts.push(fact));
  socket.emit("fact", { kind: "meeting" });
  end();
  socket.emit("fact", { kind: "over" });
  assert.deepEqual(facts, [{ kind: "meeting" }]);
});
