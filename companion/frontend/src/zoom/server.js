/** What the panel asks our server for. */
import { send } from "../agenda/here.js";

/** @typedef {{id: number, words: string, when: string}} Listed */
/** @typedef {{state: "open", key: string, csrf: string, address: string, session: number, partner: string}} Open */
/**
 * @typedef {Open | {state: "choose", sessions: Listed[]}
 *   | {state: "unread" | "guest" | "stranger" | "code" | "connect"}} Answer
 */

/** Our server said no: the message is its sentence. */
export class Refused extends Error {}

/**
 * @param {string} address
 * @param {string} csrf
 * @param {Record<string, string>} [fields]
 * @returns {Promise<any>} an Answer, mostly; rejects with Refused, or with whatever befell the line
 */
export async function ask(address, csrf, fields = {}) {
  const body = new URLSearchParams(fields);
  const headers = { "X-CSRF": csrf, Accept: "application/json" };
  const response = await send(address, { method: "POST", headers, body, credentials: "same-origin", redirect: "error" });
  const said = await response.json();
  if (!response.ok) throw new Refused(said.sentence);
  return said;
}
