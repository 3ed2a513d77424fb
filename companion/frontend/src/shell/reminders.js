/**
 * “Starts in five minutes”, on this device, while a page that knows of the session is open: shown by the service worker's
 * registration, once for each session and time. No push server is asked, so a closed Alongside tells nothing.
 */

const WANTED = "alongside-tell";
const TOLD = "alongside-told-";
const BEFORE = 5 * 60_000;

/** @typedef {{session: string, at: Date, title: string, address: string}} Start */

/** @returns {"unable" | "denied" | "on" | "off"} denied: wanted, and the browser doesn't let us */
export function reminding() {
  if (!("Notification" in window) || !navigator.serviceWorker || window.top !== window) return "unable";
  if (!localStorage.getItem(WANTED)) return "off";
  return Notification.permission === "granted" ? "on" : "denied";
}

/** Asks the person's leave, if need be: only ever when they press a button for it. */
export async function remind() {
  await Notification.requestPermission();
  localStorage.setItem(WANTED, "1");
}

/** Stops, and forgets what was told. */
export function remindNoMore() {
  for (const key of Object.keys(localStorage)) if (key === WANTED || key.startsWith(TOLD)) localStorage.removeItem(key);
}

/**
 * Tells of a start if it is near and this device has not told of it.
 * @param {Start} start
 */
export async function tellOf({ session, at, title, address }) {
  const left = at.getTime() - Date.now();
  if (reminding() !== "on" || left <= 0 || left > BEFORE) return;
  // One of several open pages tells.
  await navigator.locks.request(TOLD + session, async () => {
    if (localStorage.getItem(TOLD + session) === at.toISOString()) return;
    localStorage.setItem(TOLD + session, at.toISOString());
    const minutes = Math.ceil(left / 60_000);
    const body = `Starts in ${minutes} minute${minutes === 1 ? "" : "s"}. This opens the companion.`;
    const registration = await navigator.serviceWorker.ready;
    await registration.showNotification(title, { body, tag: `session-${session}`, data: address, icon: "/static/icons/icon-192.png" });
  });
}
