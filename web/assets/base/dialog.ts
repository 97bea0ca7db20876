/** A question before what others are told of or what cannot be taken back. The first button says
 * what it does (`doing`); the other one never says やめる, which beside 中止 or 取り消す reads like
 * yes. */

import { button, make } from "./elements";

export function ask(question: string, doing: string, yes: () => void): void {
  const act = button(
    doing,
    () => {
      dialog.close();
      yes();
    },
    "button-main",
  );
  const back = button("何もせずに戻る", () => dialog.close());
  const dialog = make(
    "dialog",
    {},
    make("p", {}, question),
    make("div", { class: "actions" }, act, back),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
