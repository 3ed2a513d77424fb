/** Seconds left from which time is low. */
export const LOW = 120;

/** The two moments at which people who listen are told of the time: two minutes left, and none. Never else. */
export class Marks {
  #before = Infinity;

  /**
   * Which of them was passed since it was last asked; none at the first look.
   * @param {number} left seconds
   * @returns {"low" | "over" | null}
   */
  passed(left) {
    const before = this.#before;
    this.#before = left;
    if (before === Infinity) return null;
    if (before > 0 && left <= 0) return "over";
    return before > LOW && left <= LOW ? "low" : null;
  }
}
