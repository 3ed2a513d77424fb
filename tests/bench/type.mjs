// The load: two typists a room, open loop (a letter is due when it is due, whether the server keeps up or not).
// Reads one plan as JSON from standard input; prints one line of JSON a round, and at last what the server promised.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { between, processorTimes } from "./machine.mjs";
import { beginningOf, seatFor } from "./stacks.mjs";
import { Typist, checkKeystroke } from "./typist.mjs";

const AT_ONCE = 20; // seats that are taken at the same time
const DRAIN = 3_000; // ms for what is still on its way after a round
const STEP = 1.25; // from one rate of the ramp to the next
const [TOO_LATE, TOO_FEW] = [100, 0.97]; // ms at p99, and the share delivered, at which the ramp ends
const LONGEST_STEP = 2.5; // seconds

/**
 * @type {{wire: string, url: string, pid: number, rate: number, seconds: number, rounds: string[], ramp: number, rooms: object[][],
 *   seed: string[]}} `ramp`: the rate at which to begin to look for the most that can be served; 0 for not at all
 */
const plan = JSON.parse(fs.readFileSync(0, "utf8"));
checkKeystroke();
const rooms = plan.rooms.map((places) => places.map((place) => new Typist(seatFor(plan.wire, plan.url, place))));
const typists = rooms.flat();

/** Figures of the round under way: milliseconds, and the moment from which on they count. */
let round = { from: Infinity, seen: [], saved: [], late: 0 };
const measure = (/** @type {number[]} */ into, /** @type {number} */ typedAt) => {
  if (typedAt >= round.from) into.push(performance.now() - typedAt);
};
for (const [one, other] of rooms.flatMap(([a, b]) => [[a, b], [b, a]])) {
  one.seat.heard.edit = (edit) => {
    const typedAt = other.typed(edit);
    if (typedAt === undefined) return;
    other.seen += 1;
    measure(round.seen, typedAt);
  };
}

/** @param {Typist} typist */
function typeOne(typist) {
  typist.type(performance.now(), (typedAt) => measure(round.saved, typedAt));
}

/** Lets each typist of `order` type one letter, in turn, so many a second. @param {Typist[]} order @param {number} rate @param {(typist: Typist) => void} also */
async function pace(order, rate, also = () => {}) {
  const began = performance.now();
  for (let done = 0; done < order.length; await sleep(1)) {
    const due = Math.min(order.length, Math.floor(((performance.now() - began) * rate) / 1000));
    round.late = Math.max(round.late, performance.now() - began - (done * 1000) / rate);
    for (; done < due; done++) {
      typeOne(order[done]);
      also(order[done]);
    }
  }
}

/** As often as browsers say it at this pace: where the caret is. @param {Typist} typist */
const tellCaret = (typist) => {
  typist.seat.say("presence", { field: `notes.${typist.note}`, caret: typist.typedAt.length, typing: true });
};

/** The id of the note that somebody writes. @param {Typist} typist */
const noteOf = (typist) => `benchnote${String(typists.indexOf(typist)).padStart(4, "0")}`;

const onItsWay = () => typists.reduce((sum, each) => sum + each.typedAt.length - each.seen, 0);

async function drain() {
  const until = performance.now() + DRAIN;
  while (onItsWay() && performance.now() < until) await sleep(5);
}

/** @param {number[]} values @param {number} share */
const quantile = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];

/** @param {string} name "plain" or "presence" @param {number} rate @param {number} seconds */
async function oneRound(name, rate, seconds) {
  const order = Array.from({ length: Math.round(rate * seconds) }, (_, at) => typists[(at * 7) % typists.length]);
  round = { from: performance.now(), seen: [], saved: [], late: 0 };
  const [server, own] = [processorTimes(plan.pid), process.cpuUsage()];
  await pace(order, rate, name === "presence" ? tellCaret : undefined);
  const { ms, ended } = between(server, processorTimes(plan.pid));
  const { user, system } = process.cpuUsage(own);
  const [delivered, took] = [round.seen.length, performance.now() - round.from];
  await drain();
  for (const each of [round.seen, round.saved]) each.sort((a, b) => a - b);
  return {
    name, typed: order.length, delivered, lost: onItsWay(), per_second: (delivered / took) * 1000, cpu_ms: ms / delivered, ended,
    p50_ms: quantile(round.seen, 0.5), p99_ms: quantile(round.seen, 0.99),
    saved_p50_ms: quantile(round.saved, 0.5) ?? null, saved_p99_ms: quantile(round.saved, 0.99) ?? null,
    generator_late_ms: round.late, generator_busy: (user + system) / 1000 / took,
    load: Number(fs.readFileSync("/proc/loadavg", "utf8").split(" ")[0]),
  };
}

/** The most edits a second that still arrive in time. @param {number} rate to begin with */
async function climb(rate) {
  let most = 0;
  for (let misses = 0; misses < 2;) {
    const { p99_ms, lost, delivered, typed } = await oneRound("ramp", rate, LONGEST_STEP);
    const isServed = p99_ms < TOO_LATE && lost === 0 && delivered >= TOO_FEW * typed;
    if (isServed) [most, rate, misses] = [rate, rate * STEP, 0];
    else misses += 1; // once may be the machine's fault
  }
  return most;
}

/** @template T @param {T[]} list in place @returns {T[]} */
function shuffled(list) {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}

const agenda = beginningOf(plan);
// One of each room first: it may have to fill the document.
for (const guests of [rooms.map(([one]) => one), rooms.map(([, other]) => other)]) {
  for (let at = 0; at < guests.length; at += AT_ONCE) {
    await Promise.all(guests.slice(at, at + AT_ONCE).map((each) => each.sit(noteOf(each), agenda)));
  }
}
// Each room to another point on its way to the next folding, so that folding is spread over time as it is in life.
await pace(shuffled(rooms.flatMap((both, at) => Array.from({ length: at }, (_, turn) => both[turn % 2]))), plan.rate);
await drain();
for (const name of plan.rounds) console.log(JSON.stringify(await oneRound(name, plan.rate, plan.seconds)));
const most = plan.ramp ? await climb(plan.ramp) : 0;
const end = JSON.stringify({
  most,
  promised: plan.wire === "ours" ? typists.map((each) => each.promised()) : [],
  refused: typists.reduce((sum, each) => sum + each.refused, 0),
  broken: typists.filter((each) => !each.seat.isOpen).length,
});
process.stdout.write(`${end}\n`, () => process.exit(0)); // not before: a pipe holds 64 KB
