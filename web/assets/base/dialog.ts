/** A question before what others are told of or what cannot be taken back. The first button says
 * what it does (`doing`); the other one never says やめる, which beside 中止 or 取り消す reads like
 * yes. */

export function ask(question: string, doing: string, yes: () => void): void {
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  words.textContent = question;
  const buttons = document.createElement("div");
  buttons.className = "actions";
  buttons.append(
    button(doing, "button-main", () => {
      dialog.close();
      yes();
    }),
  );
  buttons.append(button("何もせずに戻る", "", () => dialog.close()));
  dialog.append(words, buttons);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function button(words: string, kind: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}
