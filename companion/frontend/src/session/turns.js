import { fetchPage } from "../elements/fragment.js";
import { addressOf, deedOf, isOfBrowser } from "./asked.js";
import { openBoard } from "./open.js";
import { swapIn, tellTrouble } from "./swap.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { Page } from "../elements/fragment.js" */
/** @import { Opened } from "./open.js" */

const UNSAVED = "Your last words are not saved yet. Wait until they are.";
const NO_ANSWER = "Alongside did not answer. What you wrote is safe.";
const LET_OUT = "This panel is not let in any more. What you wrote is kept on this device.";
const DONE = "Done. The rest is in Alongside itself.";
const ELSEWHERE = "This goes on in Alongside itself.";

/** One page of a session after the other, each in the place of the last; see `openInside`. */
export class Turns {
  /** @type {Opened | null} */ #open = null;
  /** @type {Promise<unknown>} */ #turn = Promise.resolve();
  /** @type {WeakSet<HTMLFormElement>} */ #sent = new WeakSet();
  #root;

  /** @param {URL} url @param {(address: string) => void} leave @param {() => void} again */
  constructor(url, leave, again) {
    this.url = url;
    this.leave = leave;
    this.again = again;
    this.#root = url.pathname.split("/").slice(0, 3).join("/"); // "/sessions/4"
  }

  /** @param {URL} url @param {FormData} [deed] */
  go(url, deed) {
    this.#turn = this.#turn.then(() => this.#go(url, deed));
    return this.#turn;
  }

  /** @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] */
  async send(form, submitter = null) {
    if (this.#sent.has(form)) return;
    this.#sent.add(form);
    await this.go(...deedOf(form, submitter, this.url));
    this.#sent.delete(form);
  }

  /** @param {MouseEvent} event */
  onClick(event) {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    if (!link || event.defaultPrevented || isOfBrowser(event, link)) return;
    event.preventDefault();
    const url = addressOf(link, "href", this.url);
    if (link.target || !this.#holds(url)) this.leave(url.href);
    else this.go(url);
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || form.method === "dialog") return;
    event.preventDefault();
    // A form carries this key's token: in a window of its own, where there is a cookie, only the page it is on is of use.
    if (form.target) this.leave(this.url.href);
    else this.send(form, event.submitter);
  }

  /** @param {URL} url @param {FormData} [deed] */
  async #go(url, deed) {
    const again = () => this.go(url, deed);
    if (!deed && !this.#holds(url)) return tellTrouble(ELSEWHERE, "Open Alongside", () => this.leave(url.href));
    if (this.#open && !(await this.#open.settle())) return tellTrouble(UNSAVED, "Try again", again);
    const page = await fetchPage(url.href, deed);
    if (!page) tellTrouble(NO_ANSWER, "Try again", again);
    else if (!this.#holds(page.url)) this.#ledAway(page.url);
    else if (page.status >= 400 && !page.document.querySelector("main form")) this.#refused(page);
    else await this.#show(page);
  }

  /** @param {Page} page */
  async #show({ document: page, url }) {
    this.#open?.close();
    this.#open = null;
    this.url = url;
    await swapIn(page);
    const board = /** @type {AgendaBoard | null} */ (document.querySelector("agenda-board:has(save-status)"));
    if (board) this.#open = await openBoard(board);
  }

  /** The server wanted somebody signed in, for this session or for what comes after it. @param {URL} url */
  #ledAway(url) {
    const next = new URL(url.searchParams.get("next") ?? url.href, url);
    if (this.#holds(next)) tellTrouble(LET_OUT, "Start again", this.again);
    else tellTrouble(DONE, "Open Alongside", () => this.leave(next.href));
  }

  /** @param {Page} page */
  #refused({ document: page }) {
    const words = page.querySelector("main p")?.textContent?.trim() ?? NO_ANSWER;
    tellTrouble(words, "Look again", () => this.go(this.url));
  }

  /** @param {URL} url */
  #holds({ origin, pathname }) {
    return origin === location.origin && (pathname === this.#root || pathname.startsWith(`${this.#root}/`));
  }
}
