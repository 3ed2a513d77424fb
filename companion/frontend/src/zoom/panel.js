import { clone, find, ref, say } from "../elements/markup.js";
import * as client from "./client.js";
import { ask, Refused } from "./server.js";

/** @import { Answer, Listed, Open } from "./server.js" */

const NOT_SAID = "Zoom has not said yes. Try again, or open Alongside in your browser.";

/** The panel until its session is open: who is there is found out, asked for, or left to Zoom. */
export class Panel {
  #context;
  #hasAsked = false;

  /**
   * @param {HTMLElement} page
   * @param {string} csrf
   * @param {(open: Open) => void} onOpen
   */
  constructor(page, csrf, onOpen) {
    this.page = page;
    this.csrf = csrf;
    this.onOpen = onOpen;
    this.#context = page.dataset.context ?? "";
    page.addEventListener("submit", (event) => this.#submit(event));
    page.addEventListener("click", (event) => {
      const pressed = /** @type {HTMLElement} */ (event.target).closest("button");
      const { does = "", session } = pressed?.dataset ?? {};
      if (session) this.open(session);
      if (does === "prompt") this.#prompt();
      if (does === "connect") this.#connect();
      if (does === "again") this.open();
    });
  }

  /** @param {string} state of those that the page has */
  show(state) {
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (this.page.querySelectorAll("[data-state]"))) {
      each.hidden = each.dataset.state !== state;
    }
    ref(this.page, "wrong").hidden = true;
  }

  /** As `open`, for whoever is there by now. */
  openAnew() {
    this.#context = "";
    return this.open();
  }

  /** Lets whoever is there in, where that can be done. @param {string} [session] the one that was chosen */
  open(session = "") {
    return this.#try(async () => {
      let answer = await this.#ask("/zoom/open", { session });
      if (answer.state === "unread") {
        this.#context = await client.freshContext();
        answer = await this.#ask("/zoom/open", { session });
      }
      await this.#answer(answer);
    });
  }

  /** @param {Answer} answer */
  async #answer(answer) {
    if (answer.state === "open") return this.onOpen(answer);
    if (answer.state === "choose") this.#list(answer.sessions);
    const isGuest = answer.state === "guest" || answer.state === "unread";
    const isToAdd = answer.state === "stranger" && !(await client.isAuthorised());
    this.show(isGuest || isToAdd ? "guest" : answer.state);
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    this.#try(async () => this.#answer(await this.#ask(`/zoom/${form.dataset.does}`, fields)));
  }

  /** The client asks beside us, and tells of a change; where it doesn't, a second press looks again. */
  #prompt() {
    if (this.#hasAsked) this.openAnew();
    this.#hasAsked = true;
    client.promptAuthorise().catch(() => this.#tell(NOT_SAID));
  }

  #connect() {
    this.#try(async () => {
      const asking = /** @type {client.Asking} */ (await ask("/zoom/consent", this.csrf));
      const said = await client.authorise(asking).catch(() => null);
      if (!said) return this.#tell(NOT_SAID);
      const { code, state = "", redirectUri } = said;
      const redirect = redirectUri || (this.page.dataset.redirect ?? "");
      await this.#answer(await this.#ask("/zoom/consented", { code, state, redirect }));
    });
  }

  /** @param {Listed[]} sessions */
  #list(sessions) {
    const rows = sessions.map(({ id, words, when }) => {
      const row = clone("zoom-session");
      say(ref(row, "words"), words);
      say(ref(row, "when"), when);
      find(row, "button").dataset.session = String(id);
      return row;
    });
    ref(this.page, "sessions").replaceChildren(...rows);
    ref(this.page, "none").hidden = sessions.length > 0;
  }

  /** @param {string} address @param {Record<string, string>} fields @returns {Promise<Answer>} */
  #ask(address, fields) {
    return ask(address, this.csrf, { context: this.#context, ...fields });
  }

  /** @param {() => Promise<void>} deed */
  async #try(deed) {
    try {
      await deed();
    } catch (error) {
      if (error instanceof Refused) this.#tell(error.message);
      else this.show("trouble");
    }
  }

  /** @param {string} words */
  #tell(words) {
    const wrong = ref(this.page, "wrong");
    say(wrong, words);
    wrong.hidden = false;
  }
}
