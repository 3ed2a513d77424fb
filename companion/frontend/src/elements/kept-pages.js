import { keptTitles } from "../shell/kept.js";

/** The agendas that this device can open without a network. On the page that stands in for all others. */
class KeptPages extends HTMLElement {
  connectedCallback() {
    // Nothing was begun on this page, so nothing is lost when the wanted one takes its place.
    window.addEventListener("online", () => location.reload());
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
