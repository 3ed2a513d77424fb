import { keptTitles } from "../shell/kept.js";

/** So long, in milliseconds, a line must stay before it counts as back. */
const SETTLED = 500;

/** The agendas that this device can open without a network. On the page that stands in for all others. */
class KeptPages extends HTMLElement {
  connectedCallback() {
    // Nothing was begun on this page, so nothing is lost when the wanted one takes its place. But a line that only flickered,
    // as browsers tell of it while they open another page, must not undo a press on one of the links.
    window.addEventListener("online", () => setTimeout(() => navigator.onLine && location.reload(), SETTLED));
    this.#show();
  }

  async #show() {
    const pages = await keptTitles().catch(() => []);
    const links = pages.map(({ path, title }) => {
      const link = Object.assign(document.createElement("a"), { href: path, textContent: title });
      const row = document.createElement("li");
      row.append(link);
      return row;
    });
    this.querySelector("ul")?.replaceChildren(...links);
    this.hidden = links.length === 0;
  }
}

customElements.define("kept-pages", KeptPages);
