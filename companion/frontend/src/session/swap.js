/** Another page in the place of the one that is shown, in the same document. */

/** @param {Document} page */
export async function swapIn(page) {
  if (page.querySelector("past-list")) await import("../elements/past-list.js");
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  scrollTo(0, 0);
  const main = document.querySelector("main");
  main?.setAttribute("tabindex", "-1");
  main?.focus({ preventScroll: true });
}

/**
 * One sentence and a way on, above a page that stays as it is. The newest alone: it is about what was pressed last.
 * @param {string} words
 * @param {string} label of the way on
 * @param {() => void} goOn
 */
export function tellTrouble(words, label, goOn) {
  const said = document.createElement("p");
  said.textContent = words;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: label });
  const notice = Object.assign(document.createElement("div"), { className: "notice notice--top" });
  notice.setAttribute("role", "alert");
  notice.dataset.tone = "honey";
  notice.append(said, button);
  button.addEventListener("click", () => {
    notice.remove();
    goOn();
  });
  document.querySelector(".notice--top")?.remove();
  /** @type {HTMLElement | null} */ (document.querySelector(":popover-open"))?.hidePopover();
  /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog[open]"))?.close();
  document.body.prepend(notice);
  button.focus();
}
