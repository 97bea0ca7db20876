/** フィラー: shown faint or hidden in a line of their own below the text, and taken out of all texts
 * in one step, after a look at what goes. */

import { button, make, required } from "../../base/elements";
import { Refusal } from "../../base/http";
import { inField } from "../../base/text-places";
import { position } from "../../base/times";
import { remember, remembered } from "../remembered";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { Filler, TextChange } from "../server";
import type { UndoRecorder } from "../undo/undo-recorder";

const REMEMBERED = "gijido:fillers";

interface Place {
  line: SegmentModel;
  filler: Filler;
  tick: HTMLInputElement;
}

export class FillerRemoval {
  private readonly box = make("dialog", { class: "alike fillers-box", "aria-label": "ケバ取り" });

  constructor(
    private readonly list: SegmentList,
    private readonly recorder: UndoRecorder,
  ) {
    const view: HTMLSelectElement = required("[data-fillers-view]");
    view.value = remembered(REMEMBERED) ?? "";
    const set = (): void => {
      required<HTMLElement>(".desk").dataset.fillers = view.value;
      remember(REMEMBERED, view.value);
      list.changed();
    };
    view.addEventListener("change", set);
    set();
    document.body.append(this.box);
    const opening = document.querySelector("[data-fillers-remove]");
    opening?.addEventListener("click", () => this.open());
  }

  private open(): void {
    const places = this.places();
    const letters = places.reduce((sum, { filler }) => sum + filler.words.length, 0);
    const title = places.length
      ? `ケバ取り：フィラー ${places.length}か所（${letters}字）`
      : "ケバ取り：フィラーはありません";
    const problem = make("p", { role: "alert", class: "alike-problem" });
    const remove = button(
      "選んだフィラーを除く",
      () => void this.remove(places, problem),
      "button",
    );
    remove.classList.add("button-main");
    const close = button("閉じる", () => this.box.close(), "button");
    this.box.replaceChildren(
      make("h2", {}, title),
      make("p", {}, "聞き取ったままの文は残ります。除いたあとも「元に戻す」で一度に戻せます。"),
      make("p", { class: "alike-choice" }, ...(places.length ? [remove, close] : [close])),
      problem,
      make("ul", {}, ...this.groups(places)),
    );
    this.box.showModal();
  }

  /** What is typed and not saved yet is left alone. */
  private places(): Place[] {
    return this.list.lines
      .filter((line) => !line.isUnsaved)
      .flatMap((line) =>
        line.segment.fillers.map((filler) => {
          const tick = make("input", { type: "checkbox" });
          tick.checked = true;
          return { line, filler, tick };
        }),
      );
  }

  /** The same words together: one tick for all of them, and each one to be looked at. */
  private groups(places: Place[]): Node[] {
    const groups = new Map<string, Place[]>();
    for (const place of places) {
      const words = place.filler.words.replace(/[\s、,，…]+/gu, "");
      groups.set(words, [...(groups.get(words) ?? []), place]);
    }
    const sorted = [...groups].sort(([, one], [, other]) => other.length - one.length);
    return sorted.map(([words, group]) => {
      const all = make("input", { type: "checkbox" });
      all.checked = true;
      all.addEventListener("change", () =>
        group.forEach(({ tick }) => (tick.checked = all.checked)),
      );
      const label = make("label", {}, all, `「${words}」 ${group.length}か所`);
      const each = make("details", {}, make("summary", {}, "1つずつ見る"));
      each.addEventListener("toggle", () => {
        if (each.open && each.children.length < 2) each.append(make("ul", {}, ...group.map(entry)));
      });
      return make("li", {}, label, each);
    });
  }

  private async remove(places: Place[], problem: HTMLElement): Promise<void> {
    const chosen = places.filter(({ tick }) => tick.checked);
    if (!chosen.length) return this.box.close();
    try {
      await this.recorder.write(withoutFillers(chosen), `ケバ取り（${chosen.length}か所）`);
      this.box.close();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      problem.textContent = refusal.message;
    }
  }
}

/** The texts without these fillers: from the last place to the first, so that none moves another. */
export function withoutFillers(chosen: Pick<Place, "line" | "filler">[]): TextChange[] {
  const texts = new Map<SegmentModel, string>();
  for (const { line, filler } of [...chosen].reverse()) {
    const text = texts.get(line) ?? line.segment.text;
    const start = inField(text, filler.start);
    texts.set(line, text.slice(0, start) + text.slice(start + filler.words.length));
  }
  return [...texts].map(([line, text]) => {
    return { segment_id: line.id, text, revision: line.segment.revision };
  });
}

function entry({ line, filler, tick }: Place): Node {
  const { text, start_seconds: seconds } = line.segment;
  const start = inField(text, filler.start);
  const end = start + filler.words.length;
  const words = make("span", {}, text.slice(Math.max(0, start - 10), start));
  words.append(make("mark", {}, filler.words), text.slice(end, end + 10));
  return make("li", {}, make("label", {}, tick, position(seconds), " ", words));
}
