import { mock } from "node:test";

/** Mocked timers: time passes only in `pass`. What needs no time (promises, the fake IndexedDB) runs by itself. */
export function stopTime() {
  mock.timers.enable({ apis: ["setTimeout"] });
  return () => mock.timers.reset();
}

/** @param {number} milliseconds @param {number} [step] */
export async function pass(milliseconds, step = 5) {
  for (let left = milliseconds; left > 0; left -= step) {
    mock.timers.tick(Math.min(step, left));
    await rest();
  }
}

/** Until everything that can happen at this instant has happened. */
export async function rest() {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}
