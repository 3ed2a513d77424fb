import { isRole } from "./shape.js";

/**
 * @import { Socket } from "socket.io-client"
 * @import { Role } from "./shape.js"
 *
 * @typedef {{field: string | null, caret: number | null, typing: boolean}} Place where somebody is in the agenda
 * @typedef {{seat: string, role: Role} & Place} Other another tab in the room: the partner's, or one of one's own
 * @typedef {{kind: string, [more: string]: unknown}} Fact
 */

/** At most so often, in milliseconds, the room is told where this tab is. */
const PACE = 200;
/** Whoever typed nothing for so long is not typing. */
const IDLE = 4_000;

/**
 * Who else is in the room, and where.
 * @param {{socket: Socket, following: {seated: {here: unknown, seat?: unknown} | null, on: (fn: () => void) => () => void}}} ends
 */
export function attend({ socket, following }) {
  return new Presence(socket, following);
}

class Presence {
  /** @type {Map<string, Other>} by seat */ others = new Map();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */ #typing = new Map();
  /** @type {Place} */ #place = { field: null, caret: null, typing: false };
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #pause;
  #isTold = true;
  /** @type {{here: unknown, seat?: unknown} | null} */ #seated = null;
  /** Seats this tab has had: the room may not know yet that it left one. @type {Set<unknown>} */ #own = new Set();
  /** @type {Set<(others: Map<string, Other>) => void>} */ #listeners = new Set();
  #ends;

  /** @param {Socket} socket @param {Parameters<typeof attend>[0]["following"]} following */
  constructor(socket, following) {
    this.socket = socket;
    this.following = following;
    /** @type {Record<string, (said: any) => void>} */
    const heard = { presence: (said) => this.#heard(said), disconnect: () => this.#enter([]) };
    for (const [name, fn] of Object.entries(heard)) socket.on(name, fn);
    const unfollow = following.on(() => this.#seat());
    this.#ends = () => {
      for (const [name, fn] of Object.entries(heard)) socket.off(name, fn);
      unfollow();
    };
    this.#seat();
  }

  /**
   * Tells the room where this tab is now.
   * @param {Place} place
   */
  say(place) {
    this.#place = place;
    this.#isTold = false;
    if (this.#pause === undefined) this.#tellRoom();
  }

  /**
   * Calls `fn` when somebody came, moved or went.
   * @param {(others: Map<string, Other>) => void} fn
   * @returns {() => void} ends it
   */
  on(fn) {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /**
   * Passes on what the server tells the room: link made, session moved, over, closed, an item done elsewhere.
   * @param {(fact: Fact) => void} fn
   * @returns {() => void} ends it
   */
  onFact(fn) {
    this.socket.on("fact", fn);
    return () => this.socket.off("fact", fn);
  }

  stop() {
    this.#ends();
    clearTimeout(this.#pause);
    for (const timer of this.#typing.values()) clearTimeout(timer);
  }

  #tellRoom() {
    this.#pause = undefined;
    if (this.#isTold || !this.socket.connected) return;
    this.#isTold = true;
    // Where somebody is may get lost, the next place follows soon; that they left must not.
    const line = this.#place.field === null ? this.socket : this.socket.volatile;
    line.emit("presence", this.#place);
    this.#pause = setTimeout(() => this.#tellRoom(), PACE);
  }

  #seat() {
    const { seated } = this.following;
    if (!seated || seated === this.#seated) return;
    this.#seated = seated;
    this.#own.add(seated.seat);
    this.#enter(Array.isArray(seated.here) ? seated.here : []);
    // The seat is a new one: the room doesn't know where we are.
    if (this.#place.field !== null) this.say(this.#place);
  }

  /** @param {unknown[]} here */
  #enter(here) {
    this.others.clear();
    here.forEach((said) => this.#note(said));
    this.#tell();
  }

  /** @param {unknown} said */
  #heard(said) {
    this.#note(said);
    this.#tell();
  }

  /** @param {any} said */
  #note(said) {
    const { seat, role, state } = said ?? {};
    if (typeof seat !== "string" || !isRole(role) || this.#own.has(seat)) return;
    clearTimeout(this.#typing.get(seat));
    this.#typing.delete(seat);
    if (state === null) {
      this.others.delete(seat);
      return;
    }
    this.others.set(seat, { seat, role, ...placeIn(state) });
    if (state?.typing) this.#typing.set(seat, setTimeout(() => this.#idle(seat), IDLE));
  }

  /** @param {string} seat */
  #idle(seat) {
    const other = this.others.get(seat);
    if (other) this.others.set(seat, { ...other, typing: false });
    this.#tell();
  }

  #tell() {
    for (const fn of this.#listeners) fn(this.others);
  }
}

/** @param {any} state @returns {Place} */
function placeIn(state) {
  const { field, caret, typing } = state ?? {};
  return {
    field: typeof field === "string" ? field : null,
    caret: Number.isInteger(caret) && caret >= 0 ? caret : null,
    typing: typing === true,
  };
}
