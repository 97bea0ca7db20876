/** 探す: the browser's own search does not see lines far from the window. */

import { required } from "../../base/elements";
import { folded, placeIn } from "../../base/letters";
import { position } from "../../base/times";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";

const CLOCK = /^(?:(\d{1,2}):)?(\d{1,3}):(\d{2})$/;
const SAID = /^(?:(\d{1,2})時間)?(?:(\d{1,3})分)?(?:(\d{1,2})秒)?$/;

export class TextSearch {
  private readonly field: HTMLInputElement;
  private readonly count: HTMLElement;
  private latest: SegmentModel | null = null;
  private readonly known = new WeakMap<SegmentModel, { whole: string; folded: string }>();

  /** `goTo` brings the sound and the hands to a second. */
  constructor(
    private readonly list: SegmentList,
    private readonly goTo: (seconds: number) => void,
  ) {
    this.field = required("[data-find]");
    this.count = required("[data-find-count]");
    this.field.addEventListener("input", () => {
      this.latest = null;
      this.showCount();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter" && this.seconds !== null) this.goTo(this.seconds);
      else if (event.key === "Enter") this.next(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape" && this.latest) this.list.open(this.latest);
      else return;
      event.preventDefault();
    });
  }

  /** With what is selected, if anything is. */
  open(): void {
    const selected = String(getSelection() ?? "").trim();
    if (selected) this.field.value = selected;
    this.field.focus();
    this.field.select();
    this.latest = this.list.current;
    this.showCount();
  }

  /** The one after (1) or before (-1) the latest, with the hands in its text. */
  next(way: number): void {
    const found = this.found();
    if (!found.length) return;
    const now = this.latest ? this.list.placeOf(this.latest) : -1;
    const later = found.filter((line) => (this.list.placeOf(line) - now) * way > 0);
    const next = (way > 0 ? later[0] : later.at(-1)) ?? (way > 0 ? found[0] : found.at(-1))!;
    this.latest = next;
    const row = this.list.open(next, "center");
    const place = placeIn(next.text, folded(this.wanted));
    if (place) row.text.setSelectionRange(...place);
    this.showCount();
  }

  private get wanted(): string {
    return this.field.value.trim().toLowerCase();
  }

  /** Letters that are the same to a reader are the same here. */
  private found(): SegmentModel[] {
    const wanted = folded(this.wanted);
    if (!wanted) return [];
    return this.list.lines.filter((line) => this.foldedOf(line).includes(wanted));
  }

  /** Thousands of texts are folded once, not at every letter that is typed. */
  private foldedOf(line: SegmentModel): string {
    const whole = `${line.text}\n${line.speaker}`;
    const known = this.known.get(line);
    if (known?.whole === whole) return known.folded;
    const made = { whole, folded: `${folded(line.text)}\n${folded(line.speaker)}` };
    this.known.set(line, made);
    return made.folded;
  }

  /** Of a time that is typed instead of words. */
  private get seconds(): number | null {
    return secondsOf(this.field.value);
  }

  private showCount(): void {
    if (this.seconds !== null) {
      this.count.textContent = `Enterで ${position(this.seconds)} へ`;
      return;
    }
    const found = this.found();
    const place = this.latest ? found.indexOf(this.latest) + 1 : 0;
    const words = place ? `${place} / ${found.length}発話` : `${found.length}発話`;
    this.count.textContent = this.wanted ? words : "";
  }
}

/** The seconds of a time as people type it (3:20, 1:03:20, 3分20秒); null of other words. */
export function secondsOf(text: string): number | null {
  const typed = text.normalize("NFKC").trim();
  const found = typed && (CLOCK.exec(typed) ?? SAID.exec(typed));
  if (!found) return null;
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return 3600 * hours! + 60 * minutes! + seconds!;
}
