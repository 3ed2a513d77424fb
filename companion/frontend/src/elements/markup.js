import { shown } from "./place.js";

/** The page keeps the markup, in <template> elements; these fill it. */

/**
 * A copy of what a template holds.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function clone(id) {
  const template = /** @type {HTMLTemplateElement} */ (shown.document.getElementById(id));
  return /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
}

/**
 * The part with this `data-ref`; it has to be there.
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function ref(root, name) {
  return find(root, `[data-ref="${name}"]`);
}

/**
 * The first element that matches; it has to be there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`No ${selector} in the page`);
  return /** @type {T} */ (found);
}

/**
 * Ends something of an element once it has left the page. Moved to another place, or to a window that floats, it is gone
 * for a moment only.
 * @param {Element} element
 * @param {() => void} end
 */
export function whenGone(element, end) {
  queueMicrotask(() => element.isConnected || end());
}

/**
 * Writes words, unless they stand there already: screen readers hear no change that is none.
 * @param {Element} element
 * @param {string} words
 */
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Makes the children of a list follow its entries. Rows keep their element, and what is focused stays focused.
 * @template {{id: string}} T
 * @param {Element} list
 * @param {T[]} entries
 * @param {(entry: T) => HTMLElement} make
 * @param {(row: HTMLElement, entry: T, index: number) => void} fill
 */
export function keyed(list, entries, make, fill) {
  const ids = new Set(entries.map((entry) => entry.id));
  /** @type {Map<string | undefined, HTMLElement>} */ const rows = new Map();
  for (const row of /** @type {HTMLElement[]} */ ([...list.children])) {
    if (ids.has(row.dataset.id ?? "")) rows.set(row.dataset.id, row);
    else row.remove();
  }
  let next = list.firstElementChild;
  entries.forEach((entry, index) => {
    const row = rows.get(entry.id) ?? make(entry);
    row.dataset.id = entry.id;
    if (row === next) next = next.nextElementSibling;
    else place(list, row, next);
    fill(row, entry, index);
  });
}

/**
 * @param {Element} list
 * @param {HTMLElement} row
 * @param {Element | null} before
 */
function place(list, row, before) {
  const focused = /** @type {HTMLElement | null} */ (row.contains(shown.document.activeElement) ? shown.document.activeElement : null);
  if (row.parentNode === list && "moveBefore" in list) /** @type {any} */ (list).moveBefore(row, before);
  else list.insertBefore(row, before);
  // Without moveBefore a moved field loses the focus; the browser keeps its selection.
  if (focused && shown.document.activeElement !== focused) focused.focus({ preventScroll: true });
}
