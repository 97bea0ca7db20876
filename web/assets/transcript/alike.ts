/** 同じように直す: after a correction, the other places where the same was heard. */

import type { Line } from "./line";
import type { LineList } from "./list";
import { call, Refusal } from "./server";
import type { Alike, AlikePlace, SegmentsChanged, TextChange } from "./server";
import { inField, make, position, required } from "./words";

export class AlikePanel {
  private readonly box: HTMLElement = required("[data-alike]");
  private asked = 0;

  /** `write` brings many texts to the server, all or none. */
  constructor(
    private readonly list: LineList,
    private readonly write: (changes: TextChange[], words: string) => Promise<void>,
  ) {}

  /** Ask for the places that this correction concerns too; nothing is shown where there are none. */
  async offer(line: Line, before: string): Promise<void> {
    const asked = ++this.asked;
    try {
      const path = `/api/segments/${line.id}/alike`;
      const { replacements } = await call<{ replacements: Alike[] }>("POST", path, { before });
      if (asked !== this.asked) return;
      const [first] = replacements;
      if (first) this.show(first, replacements.slice(1));
      else this.close();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem; // it is only an offer
    }
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  close(): void {
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  /** With the keyboard: the box's first button. */
  focus(): void {
    this.box.querySelector<HTMLElement>("button")?.focus();
  }

  private show(alike: Alike, later: Alike[]): void {
    const goOn = (): void => {
      const [next] = later;
      if (next) this.show(next, later.slice(1));
      else this.close();
    };
    const ticks = alike.places.map((place) => {
      const tick = make("input", { type: "checkbox" });
      tick.checked = place.is_same_text;
      return tick;
    });
    const setAll = (isTicked: boolean): void => ticks.forEach((tick) => (tick.checked = isTicked));
    const button = (words: string, run: () => void, kind = "button"): Node => {
      const made = make("button", { type: "button", class: kind }, words);
      made.addEventListener("click", run);
      return made;
    };
    const problem = make("p", { role: "alert", class: "alike-problem" });
    const apply = async (): Promise<void> => {
      const chosen = alike.places.filter((_, place) => ticks[place]!.checked);
      try {
        if (chosen.length) await this.write(this.changes(alike, chosen), `${alike.before} → ${alike.after}（${chosen.length}か所）`);
        goOn();
      } catch (refusal) {
        if (!(refusal instanceof Refusal)) throw refusal;
        problem.textContent = refusal.message;
      }
    };
    const title = `「${alike.before}」→「${alike.after}」　ほかに ${alike.places.length}か所`;
    this.box.replaceChildren(
      make("h2", {}, title),
      make(
        "p",
        { class: "alike-choice" },
        button("選んだ箇所を直す", () => void apply(), "button button-main"),
        button("すべて選ぶ", () => setAll(true)),
        button("すべて外す", () => setAll(false)),
        button("直さない", goOn),
      ),
      problem,
      make("ul", {}, ...alike.places.map((place, number) => this.entry(place, ticks[number]!))),
    );
    this.box.hidden = false;
  }

  private entry(place: AlikePlace, tick: HTMLInputElement): Node {
    const line = this.list.get(place.segment_id);
    const at = position(line?.segment.start_seconds ?? 0);
    const words = make("span", { class: "alike-words" }, place.leading);
    words.append(make("mark", {}, place.words), place.following);
    const kind = [!place.is_same_text && "音だけが同じ", place.is_confirmed && "確認済み"];
    const note = kind.filter(Boolean).join("・");
    const label = make("label", {}, tick, make("span", { class: "queue-time" }, at), " ", words);
    if (note) label.append(" ", make("span", { class: "quiet" }, note));
    return make("li", {}, label);
  }

  /** From the last place to the first, so that none moves another. What is typed here and not
   * saved yet is left alone. */
  private changes(alike: Alike, chosen: AlikePlace[]): TextChange[] {
    const texts = new Map<number, string>();
    for (const place of [...chosen].sort((one, other) => other.start - one.start)) {
      const line = this.list.get(place.segment_id);
      if (!line || line.isUnsaved || line.segment.revision !== place.revision) continue;
      const text = texts.get(line.id) ?? line.segment.text;
      const start = inField(text, place.start);
      const end = start + place.words.length;
      texts.set(line.id, text.slice(0, start) + alike.after + text.slice(end));
    }
    return [...texts].map(([id, text]) => {
      const { revision } = this.list.get(id)!.segment;
      return { segment_id: id, text, revision };
    });
  }
}

/** All of them, or a Refusal and none. */
export async function writeTexts(path: string, changes: TextChange[]): Promise<SegmentsChanged> {
  return call("PUT", `${path}/texts`, { texts: changes });
}
