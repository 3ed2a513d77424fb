const SLACK = 6; // px a pointer may move and still mean a press
const EDGE = 72; // px from the window's edge where it scrolls along
const PACE = 10; // px it scrolls with each frame

/**
 * @typedef {object} Ends
 * @property {(id: string, above: string[], below: string[]) => void} drop between these rows, from top to bottom
 * @property {() => void} end it was let go, wherever
 */

/**
 * Lets rows of a list be dragged by their handle, with mouse, finger or pen. Keys and a menu do the same.
 * @param {HTMLElement} list
 * @param {string} handle a selector
 * @param {Ends} ends
 * @returns {(ids: string[]) => boolean} asked before the list is drawn with these rows: whether one is held, and nothing may
 *   move under the hand until `end`. A row that is none of them is let go.
 */
export function letDrag(list, handle, ends) {
  /** @type {Drag | null} */ let drag = null;
  list.addEventListener("pointerdown", (event) => {
    if (drag?.isOn) return;
    const grip = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(handle));
    const row = grip?.closest("li");
    drag = grip && row && event.button === 0 ? new Drag(list, row, grip, event, ends) : null;
  });
  // The click that follows is the end of a drag, not a press of the handle. Keys click without a pointer.
  list.addEventListener("click", (click) => drag?.isMoved && click.detail > 0 && click.stopPropagation(), true);
  return (ids) => {
    if (drag?.isOn && !ids.includes(idOf(drag.row))) drag.end();
    return drag?.isOn ?? false;
  };
}

/**
 * Before which of `ids` what was dropped between `above` and `below` belongs, when some of these are gone or others came.
 * @param {string[]} ids
 * @param {string[]} above
 * @param {string[]} below
 * @returns {string | null} null: at the end
 */
export function nextOf(ids, above, below) {
  const last = [...above].reverse().find((id) => ids.includes(id));
  return below.find((id) => ids.includes(id)) ?? ids[last === undefined ? 0 : ids.indexOf(last) + 1] ?? null;
}

class Drag {
  #listening = new AbortController();
  #by = 0; // px from the row's place to where it is shown
  isOn = true;
  isMoved = false;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} row
   * @param {HTMLElement} grip
   * @param {PointerEvent} event
   * @param {Ends} ends
   */
  constructor(list, row, grip, event, ends) {
    this.list = list;
    this.row = row;
    this.y = this.from = event.clientY;
    this.held = event.clientY - row.getBoundingClientRect().top;
    const { pointerId } = event;
    const { signal } = this.#listening;
    const on = (/** @type {"pointermove" | "pointerup" | "lostpointercapture"} */ name, /** @type {(y: number) => void} */ fn) =>
      grip.addEventListener(name, (heard) => heard.pointerId === pointerId && fn(heard.clientY), { signal });
    const leave = () => {
      this.end();
      ends.end();
    };
    grip.setPointerCapture(pointerId);
    on("pointermove", (y) => this.#move(y));
    on("pointerup", () => {
      const { above, below } = this.#split();
      this.end();
      if (this.isMoved) ends.drop(idOf(row), above.map(idOf), below.map(idOf));
      ends.end();
    });
    on("lostpointercapture", leave); // also when the browser takes the pointer for something else
    window.addEventListener("keydown", ({ key }) => key === "Escape" && leave(), { signal });
    signal.addEventListener("abort", () => grip.hasPointerCapture(pointerId) && grip.releasePointerCapture(pointerId));
  }

  /** Nothing is held any more. */
  end() {
    this.isOn = false;
    this.#listening.abort();
    this.row.classList.remove("is-dragged");
    this.row.style.translate = "";
    this.list.classList.remove("drop-last");
    for (const row of this.#others()) row.classList.remove("drop-before");
  }

  /** @param {number} y */
  #move(y) {
    this.y = y;
    if (this.isMoved || Math.abs(y - this.from) < SLACK) return;
    this.isMoved = true;
    this.row.classList.add("is-dragged");
    this.#follow();
  }

  /** Measured anew with each frame: under a hand that rests the page scrolls and lines grow. */
  #follow() {
    if (!this.isOn) return;
    const { top, bottom } = this.list.getBoundingClientRect();
    if (this.y < EDGE && top < EDGE) window.scrollBy(0, -PACE);
    else if (this.y > window.innerHeight - EDGE && bottom > window.innerHeight - EDGE) window.scrollBy(0, PACE);
    this.#show();
    requestAnimationFrame(() => this.#follow());
  }

  #show() {
    const list = this.list.getBoundingClientRect();
    const row = this.row.getBoundingClientRect();
    const home = row.top - this.#by;
    const top = Math.max(list.top, Math.min(this.y - this.held, list.bottom - row.height));
    this.#by = top - home;
    this.row.style.translate = `0 ${this.#by}px`;
    const { below } = this.#split();
    for (const other of this.#others()) other.classList.toggle("drop-before", other === below[0]);
    this.list.classList.toggle("drop-last", below.length === 0);
  }

  #split() {
    const others = this.#others();
    const first = others.findIndex((row) => this.y < middleOf(row));
    const at = first < 0 ? others.length : first;
    return { above: others.slice(0, at), below: others.slice(at) };
  }

  #others() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]).filter((row) => row !== this.row);
  }
}

/** @param {HTMLElement} row */
function idOf(row) {
  return row.dataset.id ?? "";
}

/** @param {Element} row */
function middleOf(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
