// Many tabs that are open and silent. Reads {wire, url, pid, rooms} as JSON from standard input; prints the server's memory.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { memory } from "./machine.mjs";
import { seatFor } from "./stacks.mjs";

const AT_ONCE = 20;
const SETTLE = 3_000; // ms
const plan = JSON.parse(fs.readFileSync(0, "utf8"));
const empty_mb = memory(plan.pid);
const seats = plan.rooms.flat().map((place) => seatFor(plan.wire, plan.url, place));
for (let at = 0; at < seats.length; at += AT_ONCE) {
  await Promise.all(seats.slice(at, at + AT_ONCE).map(async (seat) => seat.open(await seat.fetchTicket())));
}
await sleep(SETTLE);
const open = seats.filter(({ isOpen }) => isOpen).length;
console.log(JSON.stringify({ pss_mb: memory(plan.pid), empty_mb, connections: open }));
process.exit(0);
