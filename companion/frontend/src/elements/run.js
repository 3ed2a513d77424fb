/** The order in which a session goes through its talking points. */

/** @import { Agenda } from "../agenda/document.js" */
/** @import { Topic } from "../agenda/shape.js" */

/**
 * What is talked about now, and what comes next. A talking point without words is not shown, unless it is talked about.
 * @param {Agenda} agenda
 * @returns {{topics: Topic[], now: Topic | null, sinceMs: number, next: Topic | null, back: Topic | null}}
 */
export function running(agenda) {
  const run = agenda.now();
  const topics = agenda.topics().filter(({ id, title }) => title.trim() || id === run?.id);
  const at = topics.findIndex(({ id }) => id === run?.id);
  const ahead = [...topics.slice(at + 1), ...topics.slice(0, Math.max(at, 0))];
  return {
    topics,
    now: topics[at] ?? null,
    sinceMs: run?.sinceMs ?? 0,
    next: ahead.find(({ state }) => state === "open") ?? null,
    back: topics.slice(0, at === -1 ? topics.length : at).findLast(({ state }) => state === "done") ?? null,
  };
}

/** Ticks off what is talked about and begins the next; after the last nothing runs. @param {Agenda} agenda */
export function goOn(agenda) {
  const { next } = running(agenda);
  if (next) begin(agenda, next.id);
  else finish(agenda);
}

/** Returns to the talking point before. @param {Agenda} agenda */
export function goBack(agenda) {
  const { now, back } = running(agenda);
  if (!back) return;
  if (now) agenda.setState(now.id, "open");
  agenda.setState(back.id, "open");
  agenda.start(back.id);
}

/** @param {Agenda} agenda @param {string} id */
export function begin(agenda, id) {
  const { now } = running(agenda);
  if (now?.id === id) return;
  if (now) agenda.setState(now.id, "done");
  agenda.setState(id, "open");
  agenda.start(id);
}

/** Nothing is talked about any more; what was is ticked off. @param {Agenda} agenda */
export function finish(agenda) {
  const { now } = running(agenda);
  if (!now) return;
  agenda.setState(now.id, "done");
  agenda.stop();
}
