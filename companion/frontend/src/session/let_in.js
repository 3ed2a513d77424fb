/**
 * How a frame that has no cookie is let in: a window of ours, where its person is signed in, gives it a token. Both are our
 * own pages, and neither hears anybody else's.
 */

const LET_IN = "alongside: let in";

/**
 * In the frame: calls `fn` with each token that the window sends.
 * @param {() => Window | null} opened the window that the frame has opened
 * @param {(token: string) => void} fn
 */
export function hearToken(opened, fn) {
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || !source || source !== opened() || typeof data?.token !== "string") return;
    fn(data.token);
  });
}

/** In the frame: the window is needed no more. @param {Window | null} opened */
export function tellDone(opened) {
  opened?.postMessage(LET_IN, location.origin);
}

/**
 * In the window: gives the frame its token, and calls `fn` when that was let in. Without an opener nothing happens.
 * @param {string} token
 * @param {() => void} fn
 */
export function giveToken(token, fn) {
  const opener = /** @type {Window | null} */ (window.opener);
  if (!opener) return;
  addEventListener("message", ({ origin, source, data }) => {
    if (origin === location.origin && source === opener && data === LET_IN) fn();
  });
  opener.postMessage({ token }, location.origin);
}

/**
 * In the frame: what the token, or the letters that were typed, are good for.
 * @param {string} token
 * @returns {Promise<{key: string, csrf: string, address: string}>} rejects with a sentence
 */
export async function redeem(token) {
  const body = new FormData();
  body.set("token", token);
  const headers = { Accept: "application/json" };
  const answer = await fetch("/hand-over", { method: "POST", body, headers }).catch(() => null);
  if (answer?.ok) return answer.json();
  const { sentence = "" } = (await answer?.json().catch(() => null)) ?? {};
  throw new Error(sentence || "Alongside did not answer. Try again in a minute.");
}
