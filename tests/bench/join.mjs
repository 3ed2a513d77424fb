// The opening of an agenda: from the connection's first byte to all of the agenda in hand.
// Reads {wire, url, rooms, seed, letters, longest} as JSON from standard input; prints one line of JSON a room: its first seat's opening,
// which finds the agenda closed, and its second's, which finds it open.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { begin, lettersIn, seatFor } from "./stacks.mjs";

const plan = { longest: 20_000, ...JSON.parse(fs.readFileSync(0, "utf8")) }; // ms that it may take
await begin(plan);
for (const places of plan.rooms) {
  const opened = [];
  for (const place of places) opened.push(await open(seatFor(plan.wire, plan.url, place)));
  console.log(JSON.stringify(opened));
}
process.exit(0);

async function open(seat) {
  const asked = performance.now();
  const ticket = await seat.fetchTicket();
  const began = performance.now();
  /** @type {Uint8Array[]} */ const updates = [];
  let last = 0;
  const take = (/** @type {Uint8Array} */ update) => {
    last = performance.now();
    updates.push(Buffer.from(update));
  };
  seat.heard.edit = take; // y-websocket answers before it has read its store, and sends the rest as edits
  take((await seat.open(ticket)).update);
  while (lettersIn(updates).length < plan.letters && performance.now() - began < plan.longest) await sleep(20);
  const bytes = seat.line.bytesIn;
  return { ms: last - began, ticket_ms: began - asked, bytes, letters: lettersIn(updates).length };
}
