/** @import { attend } from "../agenda/presence.js" */
/** @import { Carets, Who } from "../elements/view.js" */

/**
 * Who writes where, as the elements need it: the partner's caret while they write, and ours for the room.
 * @param {ReturnType<typeof attend>} presence
 * @param {Who} who
 * @returns {Carets}
 */
export function caretsOf(presence, who) {
  const theirs = () => [...presence.others.values()].filter((other) => other.typing && other.role === who.partner);
  return {
    at(field) {
      const there = theirs().find((other) => other.field === field);
      return there ? { role: there.role, caret: there.caret ?? Infinity } : null;
    },
    tell: (field, caret, typing) => presence.say({ field: caret === null ? null : field, caret, typing }),
    isPartnerTyping: () => theirs().length > 0,
    observe: (fn) => presence.on(fn),
  };
}
