/** A filter over the list of people who can be invited. */

import { folded, wordsOf } from "./letters";

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

function filter(form: HTMLFormElement, words: string[]): void {
  for (const group of form.querySelectorAll("fieldset")) {
    const lines = [...group.querySelectorAll<HTMLElement>("[data-words]")];
    for (const line of lines) {
      const isChosen = line.querySelector<HTMLInputElement>("input")?.checked ?? false;
      const known = folded(line.dataset["words"]!);
      line.hidden = !isChosen && !words.every((word) => known.includes(word));
    }
    if (lines.length) group.hidden = lines.every((line) => line.hidden);
  }
}
