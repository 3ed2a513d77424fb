import { fetchDocument } from "./fragment.js";
import { find, ref, say, whenGone } from "./markup.js";
import { post } from "./note-post.js";

const PAUSE = 700;
const AGAIN = 5000;

/** Notes that only their writer can read, saved while they are written. They never enter the shared document. */
export class PrivateNotes extends HTMLElement {
  #timer = 0;
  #saving = false;
  #saved = "";
  /** @type {Promise<unknown>} */ #underway = Promise.resolve();
  #listening = new AbortController();

  connectedCallback() {
    if (this.form) return; // only moved
    this.form = /** @type {HTMLFormElement} */ (find(this, "form"));
    this.area = /** @type {HTMLTextAreaElement} */ (find(this, "textarea"));
    this.#saved = this.area.value;
    this.area.addEventListener("input", () => this.#soon(PAUSE));
    this.area.addEventListener("blur", () => this.#soon(0));
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    window.addEventListener("online", () => this.#soon(0), { signal });
    window.addEventListener("pagehide", () => this.#save(true), { signal });
    const ask = (/** @type {Event} */ event) => this.dataset.state === "offline" && event.preventDefault();
    window.addEventListener("beforeunload", ask, { signal });
  }

  disconnectedCallback() {
    whenGone(this, () => {
      this.#listening.abort();
      clearTimeout(this.#timer);
      this.#save(true);
    });
  }

  /** Saves now what is not saved yet. @returns {Promise<boolean>} whether all of it is */
  async settle() {
    while (this.#saving) await this.#underway;
    clearTimeout(this.#timer);
    await this.#save();
    return this.area?.value === this.#saved;
  }

  /** Adds a line at the end. @param {string} words */
  addLine(words) {
    if (!this.area) return;
    this.area.value = [this.area.value.trimEnd(), words].filter(Boolean).join("\n");
    this.#soon(0);
  }

  /**
   * What was written elsewhere while this page was away, or a copy that the device kept. What is being written here goes
   * first: the server keeps both.
   * @param {string} kind of a fact
   */
  async hear(kind) {
    const page = kind === "back" ? await fetchDocument(this.getAttribute("src") ?? "") : null;
    const [theirs, version] = [page?.querySelector("textarea"), page?.querySelector("[name=version]")];
    const { form, area } = this;
    if (!theirs || !version || !form || !area || this.#saving || area.value !== this.#saved) return;
    if (theirs.value === this.#saved) return;
    area.value = this.#saved = theirs.value;
    find(form, "[name=version]").setAttribute("value", version.getAttribute("value") ?? "0");
  }

  /** @param {number} pause */
  #soon(pause) {
    clearTimeout(this.#timer);
    if (this.area?.value === this.#saved) return;
    if (this.dataset.state === "saved") this.#show("saving", "");
    this.#timer = window.setTimeout(() => this.#save(), pause);
  }

  /** @param {boolean} [leaving] */
  async #save(leaving = false) {
    const { form, area } = this;
    if (!form || !area || area.value === this.#saved || (this.#saving && !leaving)) return;
    this.#saving = true;
    const text = area.value;
    const body = new FormData(form);
    const asked = post(form.action, body, leaving);
    this.#underway = asked;
    const answer = await asked;
    this.#saving = false;
    if (answer) this.#kept(text, answer);
    else this.#show("offline", navigator.onLine ? "Not saved yet, trying again" : "Offline, not saved yet");
    if (!leaving) this.#soon(answer ? PAUSE : AGAIN);
  }

  /** @param {string} text as it was sent @param {{text: string, version: number}} answer */
  #kept(text, answer) {
    const { area, form } = this;
    if (!area || !form) return;
    this.#saved = text;
    find(form, "[name=version]").setAttribute("value", String(answer.version));
    if (answer.text !== text) {
      // Another of this person's tabs wrote too: the server kept both, one under the other.
      const typedSince = area.value.startsWith(text) ? area.value.slice(text.length) : "";
      area.value = answer.text + typedSince;
      this.#saved = answer.text;
      this.#show("saved", "Saved. You wrote in two places: both are here");
    } else this.#show("saved", "Saved");
  }

  /** @param {string} state @param {string} words */
  #show(state, words) {
    this.dataset.state = state;
    say(ref(this, "status"), words);
  }
}

customElements.define("private-notes", PrivateNotes);
