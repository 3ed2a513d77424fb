import { RowMenu } from "./row-menu.js";

/** @import { Topic } from "../agenda/shape.js" */

/** Note something on a talking point; move, finish or remove it. */
export class TopicMenu extends RowMenu {
  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("click", (event) => {
      const deed = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.does;
      if (!deed) return;
      this.hidePopover();
      this.opener?.focus();
      this.list?.does(deed, this.topic?.id ?? "");
    });
  }

  /** @param {HTMLElement} opener @param {Topic} topic @param {{does: (deed: string, id: string) => void}} list */
  openFor(opener, topic, list) {
    this.topic = topic;
    this.list = list;
    const done = this.button(topic.state === "done" ? "open" : "done");
    this.button("done").hidden = this.button("open").hidden = true;
    done.hidden = false;
    this.openBeside(opener);
  }
}

customElements.define("topic-menu", TopicMenu);
