// What the server costs, read from /proc.
import fs from "node:fs";

const TICKS = 100; // USER_HZ, the same on every Linux that Node runs on

/**
 * Milliseconds of processor time that a process and all below it have used so far, by pid.
 * @param {number} root
 * @returns {Map<number, number>}
 */
export function processorTimes(root) {
  return new Map(family(root).map((pid) => [pid, timeOf(pid)]));
}

/** A process and all below it. @param {number} root */
export function family(root) {
  const pids = [root];
  for (const pid of pids) {
    for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
      const children = fs.readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ");
      pids.push(...children.filter(Boolean).map(Number));
    }
  }
  return pids;
}

/** Megabytes of memory, what processes share counted once. @param {number} root */
export function memory(root) {
  const shares = family(root).map((pid) => /^Pss:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")));
  return shares.reduce((sum, share) => sum + Number(share?.[1]), 0) / 1024;
}

/** @param {number} pid */
function timeOf(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** What was used between two looks, and how many processes ended meanwhile (a keeper that was replaced). */
export function between(/** @type {Map<number, number>} */ before, /** @type {Map<number, number>} */ after) {
  let ms = 0;
  for (const [pid, time] of after) ms += time - (before.get(pid) ?? 0);
  return { ms, ended: [...before.keys()].filter((pid) => !after.has(pid)).length };
}
