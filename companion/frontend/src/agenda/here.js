/**
 * How this page shows the server whose it is: by its cookie; or, in a frame, which may have none, by a key it was given,
 * which no other site can send.
 */
let key = "";

/** @param {string} given */
export function showKey(given) {
  key = given;
}

/** @returns {Record<string, string>} what each request has to say besides */
export function ownHeaders() {
  return key ? { "X-Here": key } : {};
}

/**
 * As fetch.
 * @param {string} address
 * @param {Omit<RequestInit, "headers"> & {headers?: Record<string, string>}} [init]
 */
export function send(address, { headers = {}, ...init } = {}) {
  return fetch(address, { ...init, headers: { ...headers, ...ownHeaders() } });
}
