/** 同じように直す: after a correction, the other places where the same was heard. */

import { button, make, required } from "../../base/elements";
import { Refusal, request } from "../../base/http";
import { inField } from "../../base/text-places";
import { position } from "../../base/times";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { Alike, AlikePlace, TextChange } from "../server";
import type { UndoRecorder } from "../undo/undo-recorder";
import { OfferBox } from "./offer-box";

export class AlikePanel {
  private readonly box: OfferBox;
  private asked = 0;
  /** Of which correction, and what is still to be decided: the first one is shown. */
  private line: SegmentModel | null = null;
  private offered: Alike[] = [];

  constructor(
    private readonly list: SegmentList,
    private readonly recorder: UndoRecorder,
  ) {
    this.box = new OfferBox(required("[data-alike]"), list);
  }

  /** Ask for the places that this correction concerns too; nothing is shown where there are none.
   * Whoever is choosing goes on choosing, and comes to the new ones afterwards. */
  async offer(line: SegmentModel, before: string): Promise<void> {
    const asked = ++this.asked;
    try {
      const path = `/api/segments/${line.id}/alike`;
      const { replacements } = await request<{ replacements: Alike[] }>("POST", path, { before });
      if (asked !== this.asked) return;
      if (this.box.isOpen && this.box.hasFocus) {
        this.offered.push(...replacements);
        return;
      }
      this.line = line;
      this.offered = replacements;
      this.showFirst();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem; // it is only an offer
    }
  }

  /** With the keyboard: to the box, also to one that was closed. */
  focus(): void {
    if (!this.box.isOpen) this.showFirst();
    this.box.focus();
  }

  private showFirst(): void {
    const [alike] = this.offered;
    if (alike && this.line) this.show(alike, this.line);
    else this.box.close();
  }

  private goOn(): void {
    this.offered.shift();
    this.showFirst();
  }

  private show(alike: Alike, line: SegmentModel): void {
    const ticks = alike.places.map((place) => {
      const tick = make("input", { type: "checkbox" });
      tick.checked = place.is_sure;
      return tick;
    });
    const problem = make("p", { role: "alert", class: "alike-problem" });
    const apply = (): void => {
      const chosen = alike.places.filter((_, place) => ticks[place]!.checked);
      void this.apply(alike, chosen, problem);
    };
    const entries = alike.places.map((place, number) => this.entry(place, ticks[number]!));
    this.box.show(
      line,
      this.title(alike),
      this.choices(apply, (isTicked) => ticks.forEach((tick) => (tick.checked = isTicked))),
      problem,
      make("ul", {}, ...entries),
    );
  }

  private title({ before, after, places }: Alike): Node {
    const later = this.offered.length - 1;
    const title = `「${before}」→「${after}」　ほかに ${places.length}か所`;
    const more = later ? `　このあと ${later}件` : "";
    return make("h2", {}, title, make("span", { class: "quiet" }, more));
  }

  private choices(apply: () => void, setAll: (isTicked: boolean) => void): Node {
    return make(
      "p",
      { class: "alike-choice" },
      button("選んだ箇所を直す", apply, "button button-main"),
      button("すべて選ぶ", () => setAll(true), "button"),
      button("すべて外す", () => setAll(false), "button"),
      button("直さない", () => this.goOn(), "button"),
      button("閉じる（Esc）", () => this.box.close(), "button"),
    );
  }

  private async apply(alike: Alike, chosen: AlikePlace[], problem: HTMLElement): Promise<void> {
    const words = `${alike.before} → ${alike.after}（${chosen.length}か所）`;
    try {
      if (chosen.length) await this.recorder.write(this.changes(alike, chosen), words);
      this.goOn();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      problem.textContent = refusal.message;
    }
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
