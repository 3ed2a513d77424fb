/** @import { attend } from "../agenda/presence.js" */
/** @import { Carets, Who } from "../elements/view.js" */

const ELSEWHERE = "You, on another device";

/**
 * Who writes where, as the elements need it: the caret of the partner while they write, or of ourselves on
 * another device; and ours for the room.
 * @param {ReturnType<typeof attend>} presence
 * @param {Who} who
 * @returns {Carets}
 */
export function caretsOf(presence, who) {
  const theirs = () => [...presence.others.values()].filter((other) => other.typing && other.role === who.partner);
  return {
    at(field) {
      const there = [...presence.others.values()].filter((other) => other.field === field && other.typing);
      const shown = there.find(({ role }) => role === who.partner) ?? there[0];
      if (!shown) return null;
      const { role, caret } = shown;
      return { role, caret: caret ?? Infinity, name: role === who.role ? ELSEWHERE : who.names[role] };
    },
    tell: (field, caret, typing) => presence.say({ field: caret === null ? null : field, caret, typing }),
    isPartnerTyping: () => theirs().length > 0,
    observe: (fn) => presence.on(fn),
  };
}
