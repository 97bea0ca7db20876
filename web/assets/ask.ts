/** A question before what cannot be taken back. */

export function ask(question: string, yes: () => void): void {
  const dialog = document.createElement("dialog");
  const words = document.createElement("p");
  words.textContent = question;
  const buttons = document.createElement("div");
  buttons.className = "actions";
  buttons.append(button("はい", "button-main", () => { dialog.close(); yes(); }));
  buttons.append(button("やめる", "", () => dialog.close()));
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
