/** The window that lets a panel in: gives it its token, and says when it is let in. */
import { find, ref } from "../elements/markup.js";
import { giveToken } from "../session/let_in.js";

const READING = 2000; // ms

const typed = find(document, "[data-token]");
giveToken(typed.dataset.token ?? "", () => {
  typed.hidden = true;
  ref(document, "done").hidden = false;
  setTimeout(() => window.close(), READING);
});
