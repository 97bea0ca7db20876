/** 会議録の編集: a faithful or official text goes into its field at once, without loading the page.
 * Nothing is saved by it. */

import { ask } from "../base/dialog";

for (const pressed of document.querySelectorAll<HTMLButtonElement>("button[data-into]")) {
  const field = document.getElementById(pressed.dataset.into!) as HTMLTextAreaElement;
  const texts = textsOf(field);
  pressed.addEventListener("click", (event) => {
    event.preventDefault();
    const put = (): void => write(field, pressed.dataset.text!);
    // What somebody wrote is not lost by one press.
    if (texts.includes(field.value)) put();
    else ask("この発言は人が直しています。直した文をやめて、入れ替えますか。", "入れ替える", put);
  });
}

/** Those that can be put there again at any time. */
function textsOf(field: HTMLTextAreaElement): string[] {
  const buttons = document.querySelectorAll<HTMLElement>(`button[data-into="${field.id}"]`);
  return [...buttons].map((button) => button.dataset.text!);
}

function write(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}
