/**
 * How this page goes to another: as browsers do; in a frame that may have no cookie, otherwise (session/inside.js).
 *
 * @typedef {object} Ways
 * @property {() => string} place the path of the page that is shown
 * @property {(address: string) => void} open
 * @property {(form: HTMLFormElement) => void} submit sends it without asking its listeners again
 */

/** @type {Ways} */
let ways = {
  place: () => location.pathname,
  open: (address) => location.assign(address),
  submit: (form) => form.submit(),
};

/** @param {Ways} others */
export function goBy(others) {
  ways = others;
}

export function place() {
  return ways.place();
}

/** @param {string} address */
export function goTo(address) {
  ways.open(address);
}

/** @param {HTMLFormElement} form */
export function submit(form) {
  ways.submit(form);
}
