const SLACK = 6; // px a pointer may move and still mean a press
const EDGE = 72; // px from the window's edge where it scrolls along

/**
 * Lets rows of a list be dragged by their handle, with mouse, finger or pen. Keys and a menu do the same.
 * @param {HTMLElement} list
 * @param {string} handle a selector
 * @param {(id: string, before: string | null) => void} drop
 */
export function letDrag(list, handle, drop) {
  list.addEventListener("pointerdown", (event) => {
    const grip = /** @type {HTMLElement} */ (event.target).closest(handle);
    const row = grip?.closest("li");
    if (grip && row && event.button === 0) new Drag(list, row, /** @type {HTMLElement} */ (grip), event, drop);
  });
}

class Drag {
  #listening = new AbortController();
  #moved = false;
  /** @type {HTMLElement | null} */ #before = null;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} row
   * @param {HTMLElement} grip
   * @param {PointerEvent} event
   * @param {(id: string, before: string | null) => void} drop
   */
  constructor(list, row, grip, event, drop) {
    this.list = list;
    this.row = row;
    this.drop = drop;
    this.from = event.pageY;
    const { signal } = this.#listening;
    grip.setPointerCapture(event.pointerId);
    grip.addEventListener("pointermove", (move) => this.#move(move), { signal });
    grip.addEventListener("pointerup", () => this.#end(true), { signal });
    grip.addEventListener("pointercancel", () => this.#end(false), { signal });
    window.addEventListener("keydown", (key) => key.key === "Escape" && this.#end(false), { signal });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const by = event.pageY - this.from;
    if (!this.#moved && Math.abs(by) < SLACK) return;
    this.#moved = true;
    this.row.classList.add("is-dragged");
    this.row.style.translate = `0 ${by}px`;
    this.#mark(this.#others().find((row) => event.clientY < middleOf(row)) ?? null);
    if (event.clientY < EDGE) window.scrollBy(0, -EDGE / 6);
    else if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 6);
  }

  /** @param {boolean} dropped */
  #end(dropped) {
    this.#listening.abort();
    this.row.classList.remove("is-dragged");
    this.row.style.translate = "";
    const before = this.#before;
    this.#mark(null, true);
    if (!this.#moved) return;
    // The click that follows is the end of a drag, not a press of the handle.
    const swallow = (/** @type {Event} */ click) => click.stopPropagation();
    this.row.addEventListener("click", swallow, true);
    setTimeout(() => this.row.removeEventListener("click", swallow, true));
    if (dropped) this.drop(this.row.dataset.id ?? "", before?.dataset.id ?? null);
  }

  /** @param {HTMLElement | null} before @param {boolean} [ended] */
  #mark(before, ended = false) {
    this.#before = before;
    for (const row of this.#others()) row.classList.toggle("drop-before", row === before);
    this.list.classList.toggle("drop-last", !before && !ended);
  }

  #others() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]).filter((row) => row !== this.row);
  }
}

/** @param {Element} row */
function middleOf(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
