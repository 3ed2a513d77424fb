/** Who agreed to what. The rows come from the server; whether a wording is still the same is seen here, as it is typed. */

/**
 * @import { Role } from "../agenda/shape.js"
 * @typedef {"yes" | "changed" | "no"} Assent to the wording that stands now; to another one; to none
 * @typedef {Map<string, Partial<Record<Role, string>>>} Agreed by item: the hash that each agreed to
 */

/** @param {ParentNode} page @returns {Agreed} as the server last told this page */
export function agreedIn(page) {
  /** @type {Agreed} */ const agreed = new Map();
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-wording]"))) {
    const { item = "", role = "", wording } = row.dataset;
    agreed.set(item, { ...agreed.get(item), [role]: wording });
  }
  return agreed;
}

/** @param {string | undefined} agreed @param {string | undefined} now @returns {Assent} */
export function assent(agreed, now) {
  return !agreed ? "no" : agreed === now ? "yes" : "changed";
}

/** Under one action item. @param {Assent} mine @param {Assent} theirs @param {string} name the partner's */
export function agreedWords(mine, theirs, name) {
  if (mine === "no" && theirs === "no") return "Not agreed yet";
  if (mine === theirs) return mine === "yes" ? "Agreed by both" : "You both agreed · the wording changed";
  return [said("You", mine), said(name, theirs)].filter(Boolean).join(". ");
}

/**
 * Under all of them.
 * @param {Assent[]} mine @param {Assent[]} theirs @param {string} name the partner's
 */
export function allWords(mine, theirs, name) {
  const [isMine, isTheirs] = [mine, theirs].map((each) => each.every((one) => one === "yes"));
  if (!mine.length) return "No action items this time.";
  if (isMine && isTheirs) return "You both agree.";
  if (isMine) return `You agreed. ${name} hasn’t to all of it yet.`;
  if (mine.includes("changed")) return "The wording changed since you agreed.";
  return isTheirs ? `${name} agrees. Do you?` : "Read them aloud. One tap each agrees to them all.";
}

/** @param {string} who @param {Assent} how */
function said(who, how) {
  return how === "no" ? "" : `${who} agreed${how === "changed" ? " · the wording changed" : ""}`;
}
