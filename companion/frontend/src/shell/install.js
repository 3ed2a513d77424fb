import { NEWER } from "./caches.js";

/**
 * Brings the service worker, which opens Alongside without a network. It comes last: a first visit has better uses for a
 * slow line.
 */

const WORKER = "/sw.js";
const PAUSE = 2_000;

/** @typedef {{createPolicy: (name: string, rules: {createScriptURL: () => string}) => {createScriptURL: (url: string) => string}}} TrustedTypes */

export function installWorker() {
  const { serviceWorker } = navigator;
  if (!serviceWorker || window.top !== window) return;
  serviceWorker.addEventListener("message", ({ data }) => data === NEWER && showNewer());
  const register = () => serviceWorker.register(trusted(), { scope: "/", updateViaCache: "none" }).catch(() => {});
  const soon = () => setTimeout(register, serviceWorker.controller ? 0 : PAUSE);
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon, { once: true });
}

/** A page that is only read is opened anew; an agenda asks for what changed, and is never taken from under its writers. */
function showNewer() {
  if (!document.querySelector("agenda-board")) location.reload();
}

/** The one address that a worker may come from: the policy knows no other, whatever it is asked. */
function trusted() {
  const { trustedTypes } = /** @type {{trustedTypes?: TrustedTypes}} */ (/** @type {unknown} */ (window));
  return trustedTypes?.createPolicy("worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER) ?? WORKER;
}
