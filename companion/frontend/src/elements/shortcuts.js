import { listen, shown } from "./place.js";
import { remember, remembered } from "./remembered.js";

const OFF = "single-keys-off";
/** In a frame that may keep nothing on this device, the choice lasts as long as the page. */
let offHere = false;

/**
 * Single keys, for those who want them: only outside fields, and they can be turned off (WCAG 2.1.4).
 * @param {Record<string, () => void>} deeds by key
 * @param {AbortSignal} signal ends it
 */
export function listenForKeys(deeds, signal) {
  const hear = (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey, altKey, isComposing } = event;
    const deed = deeds[key];
    if (!deed || ctrlKey || metaKey || altKey || isComposing || isOff() || isBusy(event.target)) return;
    event.preventDefault();
    deed();
  };
  listen("keydown", hear, signal);
}

/** @param {HTMLInputElement} box the switch that turns them on and off, on this device */
export function letTurnOff(box) {
  box.checked = !isOff();
  box.addEventListener("change", () => {
    offHere = !box.checked;
    remember(OFF, box.checked ? null : "1");
  });
}

function isOff() {
  return offHere || remembered(OFF) !== null;
}

/** @param {EventTarget | null} target whether keys mean something else there */
function isBusy(target) {
  const element = /** @type {HTMLElement} */ (target);
  return element.matches?.("input, textarea, select, [contenteditable]") || shown.document.querySelector("dialog[open], :popover-open") !== null;
}
