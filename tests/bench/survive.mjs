// Typing, and then the power cut: how many letters the server had said to be saved when the partner had all of them.
// Reads {wire, url, pid, rooms, letters, rate} as JSON from standard input; ends the server and all below it at once.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { family } from "./machine.mjs";
import { beginningOf, seatFor } from "./stacks.mjs";
import { Typist } from "./typist.mjs";

const plan = JSON.parse(fs.readFileSync(0, "utf8"));
const [one, other] = plan.rooms[0].map((place) => new Typist(seatFor(plan.wire, plan.url, place)));
for (const [at, typist] of [one, other].entries()) await typist.sit(`benchnote000${at}`, beginningOf(plan));
other.seat.heard.edit = () => (one.seen += 1);
const beginning = one.seen;
for (let letter = 0; letter < plan.letters; letter++) {
  one.type(performance.now(), () => {});
  await sleep(1000 / plan.rate);
}
for (let wait = 0; wait < 1000 && one.seen - beginning < plan.letters; wait++) await sleep(1);
const acked = Math.max(0, one.saved - 1 - plan.seed.length); // before the letters the agenda, and the note itself
for (const pid of family(plan.pid)) process.kill(pid, "SIGKILL");
console.log(JSON.stringify({ acked, seen: one.seen - beginning }));
process.exit(0);
