import assert from "node:assert/strict";
import { test } from "node:test";

import { filesNamedIn, isDeed, kindOf, mayChangeWho, shownAt } from "../src/worker/addresses.js";

const HERE = "https://mentoring.example.org";
/** @param {string} path */
const opened = (path, method = "GET", mode = "navigate") => kindOf({ method, mode, url: HERE + path }, HERE);

test("pages of a session are kept, with what its history is made of", () => {
  for (const path of ["/sessions/4", "/sessions/4/beside", "/sessions/4/wrap-up", "/sessions/4/history", "/sessions/4?failed=x"]) {
    assert.equal(opened(path), "kept", path);
  }
  assert.equal(opened("/sessions/4/history/edits", "GET", "cors"), "kept");
});

test("other pages only need the network", () => {
  for (const path of ["/", "/settings", "/sessions/4/move", "/sign-in?next=%2F", "/people"]) assert.equal(opened(path), "page", path);
});

test("frames, callbacks, letters and ways in are none of the worker's business", () => {
  const never = [
    "/zoom", "/zoom/home", "/meet/side", "/dev/mail", "/hooks/zoom", "/connections/zoom/callback", "/d/abc", "/sign-in/abc",
    "/sign-in/sent", "/invitations/abc", "/healthz",
  ];
  for (const path of never) assert.equal(opened(path), "none", path);
});

test("neither is a deed, a part of a page, or another site", () => {
  assert.equal(opened("/sessions/4/close", "POST"), "none");
  assert.equal(opened("/sessions/4", "POST"), "none");
  assert.equal(opened("/sessions/4/parts/call", "GET", "cors"), "none");
  assert.equal(kindOf({ method: "GET", mode: "navigate", url: "https://zoom.us/static/build/a.js" }, HERE), "none");
});

test("a built file is one, however it is asked for", () => {
  assert.equal(opened("/static/build/session-4GZQ.js", "GET", "cors"), "file");
  assert.deepEqual(filesNamedIn('<script src="/static/build/a-1.js"></script><link href="/static/build/m-2.css">'), [
    "/static/build/a-1.js", "/static/build/m-2.css",
  ]);
});

test("a reminder leads to the page that shows its session, before any other is opened", () => {
  const open = ["/", "/sessions/41", "/sessions/4", "/sessions/4/beside"].map((path) => ({ url: HERE + path }));
  assert.equal(shownAt(open, "/sessions/4/beside"), open[3]);
  assert.equal(shownAt(open.slice(0, 3), "/sessions/4/beside"), open[2]);
  assert.equal(shownAt(open.slice(0, 2), "/sessions/4/beside"), undefined);
});

test("whatever may let somebody else in is told from what people do with their sessions", () => {
  /** @param {string} method @param {string} path */
  const asked = (method, path, mode = "navigate") => ({ method, mode, url: HERE + path });
  for (const path of ["/sign-in/abc", "/sign-out", "/look-around/mateo", "/invitations/abc/accept", "/settings", "/any-new-way"]) {
    assert.ok(mayChangeWho(asked("POST", path)), path);
  }
  assert.ok(mayChangeWho(asked("GET", "/connections/zoom/callback?code=1")));
  for (const path of ["/sessions/4/meeting", "/items/9/done", "/mentorships/1/plan"]) assert.ok(!mayChangeWho(asked("POST", path)), path);
  assert.ok(!mayChangeWho(asked("POST", "/settings", "cors")) && !mayChangeWho(asked("GET", "/sign-in")));
});

test("taking one's seat is no deed, keeping a note is one", () => {
  assert.ok(isDeed({ method: "POST", url: `${HERE}/sessions/4/note` }));
  for (const path of ["/sessions/4/seat", "/socket.io/?EIO=4"]) assert.ok(!isDeed({ method: "POST", url: HERE + path }), path);
});
