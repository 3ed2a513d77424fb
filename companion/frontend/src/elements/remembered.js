/** What this device remembers of its person's ways. In a frame storage may be switched off: then nothing is. */

/** @param {string} name */
export function remembered(name) {
  return storage()?.getItem(name) ?? null;
}

/** @param {string} name @param {string | null} value null forgets it */
export function remember(name, value) {
  if (value === null) storage()?.removeItem(name);
  else storage()?.setItem(name, value);
}

function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
