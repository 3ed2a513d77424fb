/** What every page needs: dialogs, copying, a word while something takes time, the device's time zone, a careful sign-out,
 * and the service worker. */
import { beBusy } from "../elements/busy.js";
import "../elements/kept-pages.js";
import { listen, shown } from "../elements/place.js";
import "../elements/tell-me.js";
import "../elements/time-beside.js";
import { forgetPages } from "../shell/caches.js";
import { installWorker } from "../shell/install.js";
import { remindNoMore } from "../shell/reminders.js";

const OPENING = 3000; // ms

listen("click", (event) => {
  const what = "[data-opens], [data-closes], [data-copy], [data-copies]";
  const pressed = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(what));
  if (!pressed) return;
  const { opens, copy, copies } = pressed.dataset;
  if (opens) openDialog(opens);
  else if (copy) copyWords(pressed, copy);
  else if (copies) copyWords(pressed, /** @type {HTMLTextAreaElement} */ (shown.document.querySelector(copies)).value);
  else pressed.closest("dialog")?.close();
});

listen("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented && !form.matches("[data-here]")) return;
  if (form.dataset.signsOut) signOut(event, form, form.dataset.signsOut);
  else if (form.target === "_blank") openOnce(event, form);
  else if (event.submitter?.dataset.busy) beBusy(event.submitter, event.submitter.dataset.busy);
});

/** A second press opens no second tab: the first takes a moment to come. @param {Event} event @param {HTMLFormElement} form */
function openOnce(event, form) {
  if (form.dataset.opened) event.preventDefault();
  form.dataset.opened = "1";
  setTimeout(() => delete form.dataset.opened, OPENING);
}

guessZone();
installWorker();

/** @param {string} id */
function openDialog(id) {
  /** @type {HTMLElement | null} */ (shown.document.querySelector(":popover-open"))?.hidePopover();
  /** @type {HTMLDialogElement | null} */ (shown.document.getElementById(id))?.showModal();
}

/** @param {HTMLElement} button @param {string} words */
async function copyWords(button, words) {
  const label = button.querySelector("span:not(.vh)") ?? button;
  const before = label.textContent;
  const done = await navigator.clipboard.writeText(words).then(
    () => true,
    () => false,
  );
  label.textContent = done ? "Copied" : "Copying is blocked here";
  setTimeout(() => (label.textContent = before), 2500);
}

/** Lists of places marked with data-guess="zone" begin with this device's time zone, and say what its clock shows. */
function guessZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  for (const list of /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("[data-guess=zone]"))) {
    if (!list.value) chooseZone(list, timeZone);
    list.addEventListener("change", () => sayTime(list));
    sayTime(list);
  }
}

/** @param {HTMLSelectElement} list @param {string} zone IANA name; browsers still say some old ones */
function chooseZone(list, zone) {
  const now = /** @type {HTMLOptionElement | null} */ (list.querySelector(`option[data-was~="${CSS.escape(zone)}"]`));
  list.value = now?.value ?? zone;
  if (!list.value) list.selectedIndex = 0;
}

/** @param {HTMLSelectElement} list */
function sayTime(list) {
  const words = /** @type {HTMLElement | null} */ (document.getElementById(list.dataset.saysTime ?? ""));
  const time = words?.querySelector("b");
  if (!words || !time) return;
  words.hidden = !list.value;
  if (!list.value) return;
  const clock = new Intl.DateTimeFormat(navigator.language, { timeStyle: "short", timeZone: list.value });
  time.textContent = clock.format(new Date());
}

/**
 * Signing out takes everything of this person off the device; what no server has yet is asked about first.
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 * @param {string} person id
 */
async function signOut(event, form, person) {
  event.preventDefault();
  // The words would be gone, and whoever comes next still signed in.
  if (!navigator.onLine) return window.alert("Signing out needs the network. Try again when you are back.");
  const { forgetEverything, hasUnsaved } = await import("../agenda/shelf.js");
  const question = "Some of what you wrote is only on this device. Sign out and lose it?";
  const unsaved = await hasUnsaved(person).catch(() => false);
  if (unsaved && !window.confirm(question)) return;
  // The answer clears this device once more (Clear-Site-Data), where the browser knows how.
  remindNoMore();
  await Promise.allSettled([forgetEverything(person), forgetPages()]);
  form.submit();
}
