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
  const lines = people.map((one) => {
    const press = make("button", { type: "button", class: "button" }, one.name);
    press.addEventListener("click", () => decide(one.name));
    return make("li", {}, press);
  });
  list.append(...lines);
  const show = (): void => {
    people.forEach((one, place) => (lines[place]!.hidden = !isMeant(one, field.value)));
    const name = meantBy(field.value, people);
    typed.textContent = name ? `${name}にする` : "この名前にする";
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
    const name = meantBy(field.value, people);
    if (name) decide(name);
    else field.focus();
  });
  return { form, field };
}

/** Whether the letters are in the name or in its reading. */
export function isMeant({ name, kana }: Nameable, letters: string): boolean {
  return folded(`${name} ${kana}`).includes(folded(letters));
}

/** The only name that the letters mean, else what is typed. */
export function meantBy(letters: string, people: Nameable[]): string {
  const typed = plain(letters);
  const [only, other] = people.filter((one) => isMeant(one, letters));
  return typed && only && !other ? only.name : typed;
}

/** Letters that are the same to a reader, and kinds of kana, make no difference. */
function folded(text: string): string {
  return sameLetters(text).replace(/[ァ-ヶ]/gu, (letter) =>
    String.fromCharCode(letter.charCodeAt(0) - 0x60),
  );
}
