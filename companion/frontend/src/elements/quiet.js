/** Whether hands are at rest: what changes by itself waits for that, so that nothing moves under a finger. */

const DEEDS = ["input", "keydown", "pointerdown", "pointerup", "wheel", "touchmove"];
let lastMs = -Infinity;

for (const name of DEEDS) {
  document.addEventListener(name, () => (lastMs = performance.now()), { capture: true, passive: true });
}

/** How long nothing was pressed, typed or scrolled in this tab, in milliseconds. */
export function restedMs() {
  return performance.now() - lastMs;
}
