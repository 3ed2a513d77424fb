import { Emitter } from "@socket.io/component-emitter";
import * as Y from "yjs";

const CROSSING = 5;
const COMMIT = 5;
const RETRY = 300;
const HEARTBEAT = 20_000;

/**
 * A whole little server: the room of one session with its log, and lines to it that drop, stall and lose what is under
 * way. What is said takes its time, so tests run it on mocked timers.
 */
export class Room {
  seats = new Set();
  log = [];
  epoch = "first";
  state = "live";
  isUp = true;
  /** Called with each edit, may name a reason to refuse it. */
  refuse = () => null;

  get doc() {
    return replay(this.log);
  }

  /** @param {"mentor" | "mentee"} role */
  line(role) {
    return new Line(this, role);
  }

  /** Drops every line and forgets what wasn't committed; the log stays. */
  crash() {
    this.isUp = false;
    for (const seat of [...this.seats]) seat.drop();
  }

  /** Puts back a backup: an older log, under a new epoch. */
  restore(log, epoch) {
    this.crash();
    this.log = log;
    this.epoch = epoch;
    this.isUp = true;
  }

  say(name, fact) {
    for (const seat of this.seats) seat.hear(name, fact);
  }

  sync(seat, state) {
    const { doc } = this;
    const here = [...this.seats].filter((one) => one !== seat).map(({ id, role }) => ({ seat: id, role, state: {} }));
    const update = Y.encodeStateAsUpdate(doc, state);
    return { update, state: Y.encodeStateVector(doc), epoch: this.epoch, role: seat.role, session_state: this.state, seat: seat.id, here };
  }

  edit(seat, update) {
    const why = this.refuse(update) ?? (replay([...this.log, update]).store.pendingStructs ? "missing" : null);
    if (why) {
      seat.hear("refused", { why, n: 1 });
      return;
    }
    this.log.push(update);
    seat.hear("saved", { n: 1, seq: this.log.length });
    for (const other of this.seats) if (other !== seat) other.hear("edit", update);
  }
}

function replay(log) {
  const doc = new Y.Doc();
  doc.transact(() => log.forEach((update) => Y.applyUpdate(doc, update)));
  return doc;
}

let lines = 0;

/** One tab's Socket.IO socket, as far as it is used: it connects by itself again, unless it was ended by hand. */
export class Line extends Emitter {
  id = `seat${++lines}`;
  connected = false;
  active = false;
  sendBuffer = [];
  sent = [];
  #isStalled = false;
  #life = 0;
  #acks = new Set();

  constructor(room, role) {
    super();
    this.room = room;
    this.role = role;
  }

  get volatile() {
    return this;
  }

  connect() {
    if (this.active) return this;
    this.active = true;
    this.#try(CROSSING);
    return this;
  }

  disconnect() {
    this.active = false;
    this.drop("io client disconnect");
    return this;
  }

  emit(name, ...said) {
    if (!this.connected) throw new Error(`${name} without a line`);
    this.sent.push([name, ...said]);
    this.#cross(() => {
      if (name === "edit") setTimeout(this.#while(() => this.room.edit(this, said[0])), COMMIT);
    });
    return this;
  }

  timeout(milliseconds) {
    return {
      emitWithAck: (name, ...said) => new Promise((resolve, reject) => {
        this.#acks.add(reject);
        setTimeout(() => reject(new Error("operation has timed out")), milliseconds);
        this.#cross(() => {
          const answer = this.room[name](this, ...said);
          this.#cross(() => resolve(answer));
        });
      }),
    };
  }

  hear(name, fact) {
    this.#cross(() => super.emit(name, fact));
  }

  /** The line breaks; what is under way is lost, in both directions. */
  drop(reason = "transport close") {
    this.#life++;
    this.#isStalled = false;
    this.room.seats.delete(this);
    const wasConnected = this.connected;
    this.connected = false;
    if (wasConnected) super.emit("disconnect", reason);
    for (const reject of this.#acks) reject(new Error("socket has been disconnected"));
    this.#acks.clear();
    if (this.active) this.#try(RETRY);
  }

  /** The line looks connected, and carries nothing, until a heartbeat is missed. */
  stall() {
    if (!this.connected) return;
    this.#isStalled = true;
    setTimeout(this.#while(() => this.drop("ping timeout")), HEARTBEAT);
  }

  /** No seat: as Socket.IO tells it. */
  deny(message) {
    this.active = false;
    this.#life++;
    super.emit("connect_error", new Error(message));
  }

  #try(wait) {
    setTimeout(this.#while(() => {
      if (!this.room.isUp) {
        super.emit("connect_error", new Error("xhr poll error"));
        this.#try(RETRY);
        return;
      }
      this.connected = true;
      this.room.seats.add(this);
      super.emit("connect");
    }), wait);
  }

  #cross(arrive) {
    setTimeout(this.#while(() => this.#isStalled || arrive()), CROSSING);
  }

  #while(fn) {
    const life = this.#life;
    return () => life === this.#life && fn();
  }
}
