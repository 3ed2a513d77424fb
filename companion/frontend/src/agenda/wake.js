/**
 * Calls `fn` when a page that slept may have a line again: back from sleep, back in front, back from the history.
 * @param {() => void} fn
 * @returns {() => void} ends it
 */
export function onWake(fn) {
  const listening = new AbortController();
  const { signal } = listening;
  const wake = () => {
    if (globalThis.document?.visibilityState !== "hidden") fn();
  };
  globalThis.addEventListener?.("online", wake, { signal });
  globalThis.addEventListener?.("pageshow", wake, { signal });
  globalThis.document?.addEventListener("visibilitychange", wake, { signal });
  return () => listening.abort();
}

/**
 * Calls `fn` when the device says that it has lost its network.
 * @param {() => void} fn
 * @returns {() => void} ends it
 */
export function onCut(fn) {
  globalThis.addEventListener?.("offline", fn);
  return () => globalThis.removeEventListener?.("offline", fn);
}

/**
 * Calls `fn` when the page may be about to end. It is the last moment a phone promises.
 * @param {() => void} fn
 * @returns {() => void} ends it
 */
export function onLeave(fn) {
  const listening = new AbortController();
  const { signal } = listening;
  const leave = () => {
    if (globalThis.document?.visibilityState === "hidden") fn();
  };
  globalThis.addEventListener?.("pagehide", fn, { signal });
  globalThis.document?.addEventListener("visibilitychange", leave, { signal });
  return () => listening.abort();
}
