import { send } from "../agenda/here.js";

/**
 * Sends a private note; null where it could not be kept.
 * @param {string} url
 * @param {FormData} body
 * @param {boolean} keepalive
 * @returns {Promise<{text: string, version: number} | null>}
 */
export async function post(url, body, keepalive) {
  const headers = { "X-CSRF": String(body.get("csrf")), Accept: "application/json" };
  try {
    const answer = await send(url, { method: "POST", body, headers, keepalive });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
