/** The accuracy: of the whole, always in sight, and of each agenda item at the side. */

import type { Accuracy, AgendaItem, Segment, TranscriptAccuracy } from "./server";
import { make, withRate } from "./words";

const NOTHING = "確認済みの発話がまだないため、正変換率は出ていません。";

export class Figures {
  private readonly raw = element("[data-accuracy-raw]");
  private readonly machine = element("[data-accuracy-machine]");
  private readonly normalised = element("[data-accuracy-normalised]");
  private readonly items = element("[data-items]");
  private latest: TranscriptAccuracy | null = null;

  take(accuracy: TranscriptAccuracy): void {
    this.latest = accuracy;
    const { raw, normalised, machine } = accuracy;
    this.raw.textContent = raw.total ? withRate(raw) : NOTHING;
    const isTaught = raw.total > 0 && machine.right !== raw.right;
    this.machine.hidden = !isTaught;
    this.machine.textContent = isTaught ? `資料の言葉で直したあと：${withRate(machine)}` : "";
    const added = raw.added ? `・余分 ${raw.added.toLocaleString("ja")}字` : "";
    this.normalised.textContent = raw.total ? `表記の違いを除く：${withRate(normalised)}${added}` : "";
  }

  showItems(agendaItems: AgendaItem[], segments: Segment[]): void {
    const loose = { id: null, number: "", title: "議題なし" };
    const shown = [...agendaItems, loose]
      .map((item) => ({ item, said: segments.filter((s) => s.agenda_item_id === item.id) }))
      .filter(({ item, said }) => item.id !== null || said.length);
    this.items.replaceChildren(...shown.map(({ item, said }) => this.line(item, said)));
  }

  private line(item: { id: number | null; number: string; title: string }, said: Segment[]): Node {
    const confirmed = said.filter((segment) => segment.is_confirmed).length;
    const title = `${item.number}　${item.title}`.trim();
    const [first] = said;
    const name = first ? make("a", { href: `#segment-${first.id}` }, title) : title;
    const line = make("li", {}, make("p", { class: "item-title" }, name));
    line.append(make("p", {}, `${said.length}発話・確認済み ${confirmed}`));
    const counted = this.latest?.items.find((known) => known.agenda_item_id === item.id);
    if (counted?.raw.total) line.append(figure(counted.raw), figure(counted.normalised, "表記の違いを除く："));
    return line;
  }
}

function figure(accuracy: Accuracy, label = ""): Node {
  return make("p", { class: "item-accuracy" }, label + withRate(accuracy));
}

function element(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}
