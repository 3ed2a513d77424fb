/** Whether hands are at rest: what changes by itself waits for that, so that nothing moves under a finger. */
import { listen } from "./place.js";

const DEEDS = ["input", "keydown", "pointerdown", "pointerup", "wheel", "touchmove"];
let lastMs = -Infinity;

for (const name of DEEDS) listen(name, () => (lastMs = performance.now()));

/** How long nothing was pressed, typed or scrolled in this tab, in milliseconds. */
export function restedMs() {
  return performance.now() - lastMs;
}
