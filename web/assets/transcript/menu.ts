/** A few acts as large buttons in a box, closed by choosing one. */

import type { Action } from "./keys";
import { make } from "./words";

/** `before` is done before the chosen act: the box has taken the hands away. */
export function openMenu(title: string, actions: Action[], before: () => void): void {
  const box = make("dialog", { class: "menu", "aria-label": title });
  const close = make("button", { type: "button", class: "button" }, "閉じる");
  close.addEventListener("click", () => box.close());
  const choices = actions.map((action) => {
    const choice = make("button", { type: "button", class: "button" }, action.words);
    choice.addEventListener("click", () => {
      box.close();
      before();
      action.run();
    });
    return choice;
  });
  box.append(make("h2", {}, title), ...choices, close);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
