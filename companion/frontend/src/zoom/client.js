/** Zoom's client, as its SDK lets us speak to it. https://appssdk.zoom.us/ */
import sdk from "@zoom/appssdk";

/** @import { Apis, OnAuthorizedEvent } from "@zoom/appssdk" */

const VERSION = "0.16";
const LEAVING = 60_000; // ms in which somebody says yes or no

/**
 * Has to come first, and again after each change of who is there or where. Rejects outside Zoom.
 * @param {string[]} capabilities all calls and events below: what isn't named is refused
 */
export async function configure(capabilities) {
  const { runningContext } = await sdk.config({ version: VERSION, capabilities: /** @type {Apis[]} */ (capabilities) });
  return { isInMeeting: runningContext === "inMeeting" };
}

/** Who and where, sealed for our server; empty where the client says nothing. */
export async function freshContext() {
  return sdk.getAppContext().then(
    ({ context }) => context,
    () => "",
  );
}

/** Whether the client knows who is there and that they added our app; it may only tell in a meeting. */
export async function isAuthorised() {
  return sdk.getUserContext().then(
    ({ status }) => status === "authorized",
    () => true,
  );
}

/** Asks a guest to sign in to Zoom, or somebody signed in to add our app. What came of it is told by a change. */
export async function promptAuthorise() {
  await sdk.promptAuthorize();
}

/** @typedef {{state: string, challenge: string}} Asking the challenge is plain: Zoom's client knows no other */

/**
 * Consent without leaving the panel. The SDK takes events from any window, so one without our state is nobody's.
 * @param {Asking} asking
 * @returns {Promise<OnAuthorizedEvent>}
 */
export function authorise({ state, challenge }) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => done(reject, new Error("Nobody answered")), LEAVING);
    /** @param {OnAuthorizedEvent} event */
    const heard = (event) => {
      if (event.state !== state) return;
      done(event.result ? resolve : reject, event);
    };
    /** @param {(value: any) => void} settle @param {unknown} value */
    function done(settle, value) {
      clearTimeout(timer);
      sdk.removeEventListener("onAuthorized", heard);
      settle(value);
    }
    sdk.onAuthorized(heard);
    sdk.authorize({ state, codeChallenge: challenge }).catch((error) => done(reject, error));
  });
}

/** Asks everybody in the call to open our app; there are two. Rejects where the host does not let people chat. */
export async function invite() {
  await sdk.sendAppInvitationToAllParticipants();
}

/** @param {string} url */
export function openInBrowser(url) {
  sdk.openUrl({ url });
}

/** @param {() => void} hear who is there, or where, is another now */
export function onChange(hear) {
  sdk.onMyUserContextChange(hear);
  sdk.onRunningContextChange(hear);
}

/** @param {() => void} hear a hint, about ten seconds before the panel is closed */
export function onEnded(hear) {
  sdk.onMeeting(({ action }) => action === "ended" && hear());
}
