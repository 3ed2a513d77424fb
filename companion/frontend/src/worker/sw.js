/** The service worker: opens the product and the agendas of who is signed in here when there is no network. */
import { forgetPages } from "../shell/caches.js";
import { isDeed, kindOf, mayChangeWho, shownAt } from "./addresses.js";
import { fileFor, keepFiles } from "./files.js";
import { noteDeed } from "./kept.js";
import { answerPage } from "./pages.js";
import { sweep, takeOver } from "./versions.js";

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => event.waitUntil(keepFiles().then(() => worker.skipWaiting())));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));

worker.addEventListener("fetch", (event) => {
  const kind = kindOf(event.request, location.origin);
  if (mayChangeWho(event.request)) event.waitUntil(forgetPages());
  else if (isDeed(event.request)) event.waitUntil(noteDeed());
  if (kind === "none") return;
  if (kind === "file") return event.respondWith(fileFor(event));
  answerPage(event, kind);
  event.waitUntil(sweep());
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openCompanion(String(event.notification.data)));
});

/** @param {string} address of the page beside the call */
async function openCompanion(address) {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = shownAt(open, address);
  return there ? there.focus() : worker.clients.openWindow(address);
}
