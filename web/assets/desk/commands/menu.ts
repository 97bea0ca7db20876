/** A few acts as large buttons in a box, closed by choosing one, by its number too. */

import { make } from "../../base/elements";
import type { Action } from "./key-bindings";

/** `before` is done before the chosen act: the box has taken the hands away. */
export function openMenu(title: string, actions: Action[], before: () => void): void {
  const box = make("dialog", { class: "menu", "aria-label": title });
  const close = make("button", { type: "button", class: "button" }, "閉じる");
  close.addEventListener("click", () => box.close());
  const choices = actions.map((action, place) => {
    const number = make("span", { class: "menu-number", "aria-hidden": "true" }, String(place + 1));
    const choice = make("button", { type: "button", class: "button" }, number, action.words);
    choice.addEventListener("click", () => {
      box.close();
      before();
      action.run();
    });
    return choice;
  });
  box.append(make("h2", {}, title), ...choices, close);
  box.addEventListener("keydown", (event) => {
    const choice = /^[1-9]$/.test(event.key) ? choices[Number(event.key) - 1] : undefined;
    if (!choice) return;
    event.preventDefault(); // the number is not written where the hands come to
    choice.click();
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
