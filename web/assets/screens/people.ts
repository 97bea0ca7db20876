/** A filter over the list of people who can be invited. */

import { button } from "../base/elements";
import { folded, wordsOf } from "../base/letters";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-people]")) {
  const box = form.querySelector<HTMLElement>("[data-filter]");
  const input = box?.querySelector("input");
  if (!box || !input) continue;
  box.hidden = false;
  input.addEventListener("input", () => filter(form, wordsOf(input.value)));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

for (const group of document.querySelectorAll<HTMLFieldSetElement>("form[data-people] fieldset"))
  offerAll(group);

/** One press for everybody of a department who is shown, and one more to take it back. */
function offerAll(group: HTMLFieldSetElement): void {
  const boxes = [...group.querySelectorAll<HTMLInputElement>("[data-words] input")];
  if (boxes.length < 2) return;
  const isShown = (box: HTMLInputElement) => !box.closest<HTMLElement>("[data-words]")!.hidden;
  const areAll = () => boxes.filter(isShown).every((box) => box.checked);
  const name = group.querySelector("legend")?.textContent ?? "";
  const say = () => {
    all.textContent = areAll() ? `${name}の全員を外す` : `${name}の全員を選ぶ`;
  };
  const all = button("", () => {
    const isChosen = !areAll();
    for (const box of boxes.filter(isShown)) box.checked = isChosen;
    say();
  });
  group.addEventListener("change", say);
  say();
  group.querySelector("legend")?.after(all);
}

function filter(form: HTMLFormElement, words: string[]): void {
  for (const group of form.querySelectorAll("fieldset")) {
    const lines = [...group.querySelectorAll<HTMLElement>("[data-words]")];
    for (const line of lines) {
      const isChosen = line.querySelector<HTMLInputElement>("input")?.checked ?? false;
      const known = folded(line.dataset.words!);
      line.hidden = !isChosen && !words.every((word) => known.includes(word));
    }
    if (lines.length) group.hidden = lines.every((line) => line.hidden);
  }
}
