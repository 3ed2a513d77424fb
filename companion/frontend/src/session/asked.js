/** What a link or a form asks for, on a page whose address is not the window's. */

/**
 * Whether the browser does it alone: another window, a download, a place on this page.
 * @param {MouseEvent} event
 * @param {HTMLAnchorElement} link
 */
export function isOfBrowser(event, link) {
  const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
  const href = link.getAttribute("href");
  return button !== 0 || ctrlKey || metaKey || shiftKey || altKey || href === null || href.startsWith("#");
}

/**
 * @param {Element} from
 * @param {"href" | "action" | "formaction"} name
 * @param {URL} page
 */
export function addressOf(from, name, page) {
  return new URL(from.getAttribute(name) ?? "", page);
}

/**
 * Where a form goes, and with what: nothing but the address for one that only asks.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @param {URL} page
 * @returns {[URL, FormData | undefined]}
 */
export function deedOf(form, submitter, page) {
  const url = submitter?.hasAttribute("formaction") ? addressOf(submitter, "formaction", page) : addressOf(form, "action", page);
  const deed = new FormData(form, submitter);
  if (form.method === "post") return [url, deed];
  url.search = new URLSearchParams([...deed].map(([name, value]) => [name, String(value)])).toString();
  return [url, undefined];
}
