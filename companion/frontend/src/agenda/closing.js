import { LOCAL } from "./history.js";

/**
 * How the two wind up: at which step they both are, kept in the agenda's `run` beside the timer. It goes with the agenda
 * rather than into a row, because it must work without a line and is worth nothing to anybody else: what people agree to
 * is not in here, and neither is the planned end by which the server waits.
 *
 * @import * as Y from "yjs"
 * @import { Role } from "./shape.js"
 * @typedef {"agree" | "date" | "away"} Step
 */

/** @type {Step[]} */
export const STEPS = ["agree", "date", "away"];

const MINUTE = 60_000;
/** So long before the end they begin to wind up; so long is "not yet", and so much is "a bit more". */
export const FIVE = 5 * MINUTE;
const MOST_MORE = 240;

export class Closing {
  #run;
  #role;

  /** @param {Y.Doc} doc @param {Role} role whose tab this is */
  constructor(doc, role) {
    this.#run = /** @type {Y.Map<any>} */ (doc.getMap("run"));
    this.#role = role;
  }

  /** @returns {Step | null} where both are; null: they are talking */
  get step() {
    const step = this.#run.get("closing");
    return STEPS.includes(step) ? step : null;
  }

  /** @returns {number} how many minutes longer than planned they mean to talk */
  get moreMinutes() {
    const more = this.#run.get("more_minutes");
    return Number.isInteger(more) && more > 0 && more <= MOST_MORE ? more : 0;
  }

  /** @returns {number} until when it was put off, in milliseconds of the Unix clock; -Infinity: it was not */
  get putOffUntilMs() {
    const until = this.#run.get("put_off_until_ms");
    return Number.isFinite(until) ? until : -Infinity;
  }

  /** @param {Role} role */
  isDone(role) {
    return Number.isFinite(this.#run.get(`${role}_done_ms`));
  }

  /** Takes both there. @param {Step} step */
  goTo(step) {
    this.#write({ closing: step, mentor_done_ms: null, mentee_done_ms: null });
  }

  /** Back to the talk, for both. @param {number} untilMs when it comes again */
  putOff(untilMs) {
    this.#write({ closing: null, put_off_until_ms: Math.round(untilMs), mentor_done_ms: null, mentee_done_ms: null });
  }

  /** Two who press it at once add five minutes, not ten: each writes the sum. */
  addFive() {
    this.#write({ more_minutes: Math.min(MOST_MORE, this.moreMinutes + 5) });
  }

  /** @param {boolean} isDone whether the reader is done with the last step */
  setDone(isDone) {
    this.#write({ [`${this.#role}_done_ms`]: isDone ? Date.now() : null });
  }

  /** When they mean to end. @param {number} plannedMs the planned end */
  endsMs(plannedMs) {
    return plannedMs + this.moreMinutes * MINUTE;
  }

  /** When it is time to wind up. @param {number} plannedMs the planned end */
  dueMs(plannedMs) {
    return Math.max(this.endsMs(plannedMs) - FIVE, this.putOffUntilMs);
  }

  /**
   * When it comes back if it is put off now: at the end, after it five minutes later; pressed long before the end, when it
   * would have come anyway.
   * @param {number} nowMs
   * @param {number} plannedMs the planned end
   */
  laterMs(nowMs, plannedMs) {
    const endsMs = this.endsMs(plannedMs);
    if (nowMs >= endsMs) return nowMs + FIVE;
    return nowMs < endsMs - FIVE ? endsMs - FIVE : endsMs;
  }

  /** @param {Record<string, unknown>} values */
  #write(values) {
    this.#run.doc?.transact(() => {
      // A browser that never heard of a field need not hear that it is empty.
      for (const [name, value] of Object.entries(values)) {
        if ((this.#run.get(name) ?? null) !== value) this.#run.set(name, value);
      }
    }, LOCAL);
  }
}
