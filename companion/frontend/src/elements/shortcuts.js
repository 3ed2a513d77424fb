const OFF = "single-keys-off";
let areOff = false;

/**
 * Single keys, for those who want them: only outside fields, and they can be turned off (WCAG 2.1.4).
 * @param {Record<string, () => void>} deeds by key
 * @param {AbortSignal} signal ends it
 */
export function listenForKeys(deeds, signal) {
  const listen = (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey, altKey, isComposing } = event;
    const deed = deeds[key];
    if (!deed || ctrlKey || metaKey || altKey || isComposing || isOff() || isBusy(event.target)) return;
    event.preventDefault();
    deed();
  };
  document.addEventListener("keydown", listen, { signal });
}

/** @param {HTMLInputElement} box the switch that turns them on and off, on this device */
export function letTurnOff(box) {
  box.checked = !isOff();
  box.addEventListener("change", () => {
    areOff = !box.checked;
    try {
      if (areOff) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch {
      // A frame may have no storage: then it counts for as long as the frame is there.
    }
  });
}

function isOff() {
  try {
    areOff = localStorage.getItem(OFF) !== null;
  } catch {
    // see above
  }
  return areOff;
}

/** @param {EventTarget | null} target whether keys mean something else there */
function isBusy(target) {
  const element = /** @type {HTMLElement} */ (target);
  return element.matches?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open], :popover-open") !== null;
}
