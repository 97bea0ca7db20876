/** Choosing whose voice it is among many names: by a few letters of the name or of its reading, or a
 * name that nobody has yet. */

import { make } from "../../base/elements";
import { folded as sameLetters } from "../../base/letters";
import { plain } from "../../base/text-places";

export interface Nameable {
  name: string;
  /** Its reading; empty where nobody has said it. */
  kana: string;
}

/** The field with its names below; `decide` is called with the chosen one. */
export function nameChoice(
  people: Nameable[],
  decide: (name: string) => void,
): { form: HTMLFormElement; field: HTMLInputElement } {
  const field = make("input", { autocomplete: "off", id: "voice-name", enterkeyhint: "done" });
  const typed = make("button", { type: "submit", class: "button" });
  const list = make("ul", { class: "name-choice", "aria-label": "名前の候補" });
  const buttons = people.map((one) => {
    const press = make("button", { type: "button", class: "button" }, one.name);
    press.addEventListener("click", () => decide(one.name));
    return {
      words: folded(`${one.name} ${one.kana}`),
      name: one.name,
      line: make("li", {}, press),
    };
  });
  list.append(...buttons.map(({ line }) => line));
  const found = (): string[] => buttons.filter(({ line }) => !line.hidden).map(({ name }) => name);
  /** The only one whom the letters mean, else what is typed. */
  const meant = (): string => {
    const name = plain(field.value);
    const [only, other] = found();
    return name && only && !other ? only : name;
  };
  const show = (): void => {
    const wanted = folded(field.value);
    for (const { words, line } of buttons) line.hidden = !words.includes(wanted);
    typed.textContent = meant() ? `${meant()}にする` : "この名前にする";
  };
  field.addEventListener("input", show);
  show();
  const form = make(
    "form",
    { class: "name-form" },
    make("label", { for: "voice-name" }, "名前か読みで探す、またはほかの名前を入れる"),
    make("p", { class: "name-typed" }, field, typed),
    list,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = meant();
    if (name) decide(name);
    else field.focus();
  });
  return { form, field };
}

/** Letters that are the same to a reader, and kinds of kana, make no difference. */
function folded(text: string): string {
  return sameLetters(text).replace(/[ァ-ヶ]/gu, (letter) =>
    String.fromCharCode(letter.charCodeAt(0) - 0x60),
  );
}
