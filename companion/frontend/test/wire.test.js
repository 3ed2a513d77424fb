import assert from "node:assert/strict";
import { Emitter } from "@socket.io/component-emitter";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Line } from "../src/agenda/wire.js";
import { pass, stopTime } from "./fakes/time.js";

/** A Socket.IO socket without a network: it shows a ticket each time it is connected. */
class Socket extends Emitter {
  connected = false;
  active = false;
  sendBuffer = [];
  io = { opts: { transports: ["websocket", "polling"] } };
  shown = [];

  connect() {
    this.active = true;
    this.line.authorise(({ ticket }) => this.shown.push(ticket));
    return this;
  }

  disconnect() {
    this.active = false;
    this.connected = false;
    return this;
  }

  refused(message) {
    this.active = false;
    this.emit("connect_error", new Error(message));
  }
}

let socket;
let answers;
let told;
let startTime;

beforeEach(() => {
  startTime = stopTime();
  mock.method(Math, "random", () => 1);
  socket = new Socket();
  answers = [];
  told = [];
  let count = 0;
  const ticket = async () => {
    const trouble = answers.shift();
    if (trouble) throw new Error(trouble);
    return `ticket ${++count}`;
  };
  socket.line = new Line(socket, ticket);
  socket.on("connect_error", ({ message }) => told.push(message));
});

afterEach(() => {
  mock.restoreAll();
  startTime();
});

test("each try shows a new ticket", async () => {
  socket.connect();
  await pass(5);
  socket.emit("connect");
  socket.line.authorise(({ ticket }) => socket.shown.push(ticket));
  await pass(5);
  assert.deepEqual(socket.shown, ["ticket 1", "ticket 2"]);
});

test("a ticket that comes after the line dropped is not shown", async () => {
  socket.connect();
  socket.connect();
  await pass(5);
  assert.deepEqual(socket.shown, ["ticket 1"]);
  socket.connect();
  socket.disconnect();
  await pass(5);
  assert.equal(socket.shown.length, 1);
});

test("trouble on the way to a ticket is tried again, later each time", async () => {
  answers = ["no ticket: 503", "Failed to fetch"];
  socket.connect();
  await pass(900);
  assert.deepEqual([told.length, socket.shown.length], [1, 0]);
  await pass(200);
  assert.deepEqual([told.length, socket.shown.length], [2, 0]);
  await pass(2_100);
  assert.deepEqual(socket.shown, ["ticket 1"]);
});

for (const refusal of ["signed_out", "removed", "closed"]) {
  test(`no ticket because ${refusal}: it is told, and not tried again`, async () => {
    answers = [refusal];
    socket.connect();
    await pass(60_000, 500);
    assert.deepEqual([told, socket.shown, socket.active], [[refusal], [], false]);
  });
}

test("a ticket that the server refuses is replaced after a pause", async () => {
  socket.connect();
  await pass(5);
  socket.refused("ticket");
  await pass(500);
  assert.equal(socket.shown.length, 1);
  await pass(600);
  assert.deepEqual(socket.shown, ["ticket 1", "ticket 2"]);
});

test("a seat that the server refuses for good is not asked for again", async () => {
  socket.connect();
  await pass(5);
  socket.refused("removed");
  await pass(60_000, 500);
  assert.equal(socket.shown.length, 1);
});

test("waking up tries at once, unless the line was ended", async () => {
  answers = ["Failed to fetch", "Failed to fetch"];
  socket.connect();
  await pass(1_100);
  socket.line.wake();
  await pass(5);
  assert.deepEqual(socket.shown, ["ticket 1"]);
  socket.disconnect();
  socket.line.wake();
  await pass(5);
  assert.equal(socket.active, false);
});

test("waking up twice at once tries once, unless the network was lost in between", async () => {
  const window = new EventTarget();
  globalThis.addEventListener = window.addEventListener.bind(window);
  const line = (socket.line = new Line(socket, async () => "ticket"));
  delete globalThis.addEventListener;
  socket.connect();
  line.wake();
  line.wake();
  await pass(5);
  assert.equal(socket.shown.length, 1);
  window.dispatchEvent(new Event("offline"));
  line.wake();
  await pass(5);
  assert.equal(socket.shown.length, 2);
});

test("what Socket.IO holds back is forgotten: the next sync sends what is missing", () => {
  socket.sendBuffer.push({ type: 2, data: ["edit"] });
  socket.emit("disconnect", "transport close");
  assert.deepEqual(socket.sendBuffer, []);
});

test("where WebSockets are taken and dropped, or let nothing through, the next try polls, until that line drops", () => {
  const { opts } = socket.io;
  socket.emit("connect_error", new Error("timeout"));
  assert.deepEqual(opts.transports, ["polling"]);
  socket.emit("connect_error", new Error("xhr poll error"));
  assert.deepEqual(opts.transports, ["polling"]);
  socket.emit("disconnect", "transport close");
  assert.deepEqual(opts.transports, ["websocket", "polling"]);
});

test("where polling lets nothing through either, both ways are tried again", () => {
  socket.emit("connect_error", new Error("timeout"));
  socket.emit("connect_error", new Error("timeout"));
  assert.deepEqual(socket.io.opts.transports, ["websocket", "polling"]);
});
