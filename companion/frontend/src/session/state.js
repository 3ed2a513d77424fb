import { goTo, place } from "../elements/go.js";
import { find } from "../elements/markup.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { PartnerPresence } from "../elements/partner-presence.js" */
/** @import { SaveStatus } from "../elements/save-status.js" */
/** @import { follow } from "../agenda/provider.js" */
/** @import { attend } from "../agenda/presence.js" */

/**
 * Shows whether what was written is saved, and whether the partner is here.
 * @param {AgendaBoard} board
 * @param {ReturnType<typeof follow>} following
 * @param {ReturnType<typeof attend>} presence
 */
export function showState(board, following, presence) {
  const status = /** @type {SaveStatus} */ (find(board, "save-status"));
  const partner = /** @type {PartnerPresence} */ (find(board, "partner-presence"));
  const { who } = board;
  const draw = () => {
    const theirs = [...presence.others.values()].filter(({ role }) => role === who.partner);
    status.tell(following.state);
    partner.tell({
      name: who.names[who.partner],
      offline: following.state.kind === "offline",
      here: theirs.length > 0,
      typing: theirs.some(({ typing }) => typing),
    });
  };
  following.on(draw);
  presence.on(draw);
  draw();
  following.on(({ why }) => why && offerWords(board, following, why));
}

/**
 * The agenda takes nothing from this tab any more: what did not arrive is offered to be copied, then the page is left.
 * @param {AgendaBoard} board
 * @param {ReturnType<typeof follow>} following
 * @param {NonNullable<ReturnType<typeof follow>["state"]["why"]>} why
 */
function offerWords(board, following, why) {
  const words = following.unsavedText();
  const dialog = /** @type {HTMLDialogElement} */ (find(document, "#late-dialog"));
  const { show = "/", mentorship = "/" } = board.dataset;
  const leave = () => goTo(why === "signed_out" ? place() : why === "removed" ? mentorship : show);
  if (words.length === 0) return leave();
  /** @type {HTMLTextAreaElement} */ (find(dialog, "textarea")).value = words.join("\n");
  if (dialog.open) return;
  find(dialog, '[data-does="forget"]').addEventListener("click", () => following.forgetWords().then(leave, leave));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
}
