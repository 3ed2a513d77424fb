import { clone, ref } from "./markup.js";

/** @import { Role } from "../agenda/shape.js" */
/** @import { Who } from "./view.js" */

/**
 * What Enter will add, in the words it was understood.
 * @param {string} text
 * @param {Role} owner
 * @param {Who} who
 * @param {string | null} due in words
 */
export function partsOf(text, owner, who, due) {
  const lead = document.createElement("span");
  lead.className = "vh";
  lead.append("Will add: ");
  const words = document.createElement("b");
  words.append(text);
  return [lead, words, ownerChip(owner, who), ...(due ? [dueChip(due)] : [])];
}

/**
 * A name to complete the handle with, for those who press rather than type Tab.
 * @param {string} name
 * @param {() => void} take
 */
export function offerOf(name, take) {
  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "chip chip--offer";
  offer.append(`@${name}`);
  // Pressing it must not take the focus, and with it a phone's keyboard, from the line.
  offer.addEventListener("pointerdown", (event) => event.preventDefault());
  offer.addEventListener("click", take);
  return offer;
}

/** @param {Role} owner @param {Who} who */
function ownerChip(owner, who) {
  const chip = clone("owner-chip");
  chip.dataset.seat = owner;
  chip.append(owner === who.role ? "You" : who.names[owner]);
  return chip;
}

/** @param {string} words */
function dueChip(words) {
  const chip = clone("due-chip");
  ref(chip, "due").append(words);
  return chip;
}
