/** A frame may have no cookie: its first page brings a key, which stays the same when the frame is loaded again. */
import { showKey } from "../agenda/here.js";

const NAME = "zoom-visitor";

/**
 * @param {{key: string, csrf: string}} brought by this page
 * @returns {string} the token of this visitor's deeds
 */
export function beVisitor(brought) {
  const { key, csrf } = kept() ?? brought;
  showKey(key);
  keep({ key, csrf });
  return csrf;
}

/** @returns {{key: string, csrf: string} | null} */
function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  } catch {
    return null; // storage may be switched off in frames
  }
}

/** @param {{key: string, csrf: string}} visitor */
function keep(visitor) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(visitor));
  } catch {
    // see above
  }
}
