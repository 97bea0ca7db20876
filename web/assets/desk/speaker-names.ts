/** The names that speakers may have here; the number keys mean the first nine of them. */

import { make, required } from "../base/elements";
import type { Nameable } from "./offers/name-choice";

const MOST_KEYS = 9;

export class SpeakerNames {
  private readonly options = required<HTMLDataListElement>("#speaker-names");
  private readonly shown = required<HTMLElement>("[data-speakers]");

  all(): Nameable[] {
    const options = [...this.options.options];
    return options.map(({ value, dataset }) => ({ name: value, kana: dataset.kana ?? "" }));
  }

  has(name: string): boolean {
    return this.all().some((known) => known.name === name);
  }

  add(...names: string[]): void {
    for (const name of names)
      if (name && !this.has(name)) this.options.append(make("option", { value: name }));
    this.show();
  }

  private show(): void {
    const first = this.all().slice(0, MOST_KEYS);
    this.shown.replaceChildren(...first.map(({ name }) => make("li", {}, name)));
  }
}
