const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;
const AT_ITS_END = /[.,;:!?'’”)\]}…]+$/; // a sentence goes on, or ends
const LONGEST = 40; // characters of an address that are shown

/** @typedef {{address: string, words: string}} Link */

/**
 * The addresses of pages in what somebody wrote, each once, with words for them.
 * @param {string} text
 * @returns {Link[]}
 */
export function linksIn(text) {
  const found = (text.match(ADDRESS) ?? []).map((each) => parsed(whole(each)));
  const addresses = new Map(found.filter((each) => each?.hostname).map((each) => [each?.href ?? "", each]));
  return [...addresses].map(([address, url]) => ({ address, words: wordsFor(/** @type {URL} */ (url)) }));
}

/** Without the punctuation behind it; a bracket that was opened in it stays. @param {string} address */
function whole(address) {
  const end = AT_ITS_END.exec(address)?.[0] ?? "";
  const inside = address.slice(0, address.length - end.length);
  return end.startsWith(")") && inside.includes("(") ? `${inside})` : inside;
}

/** @param {string} address */
function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** @param {URL} url */
function wordsFor({ host, pathname, search }) {
  const words = `${host.replace(/^www\./, "")}${pathname === "/" ? "" : pathname}${search}`;
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words;
}
