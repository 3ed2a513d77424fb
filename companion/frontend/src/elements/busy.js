/**
 * A word while something takes time, and no second press meanwhile.
 * @param {HTMLElement} button @param {string} words
 */
export function beBusy(button, words) {
  // Not disabled: a disabled button would not send its form.
  button.setAttribute("aria-busy", "true");
  button.closest("form")?.addEventListener("submit", (again) => again.preventDefault());
  button.lastChild?.replaceWith(words);
}
