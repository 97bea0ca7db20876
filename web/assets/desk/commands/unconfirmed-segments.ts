/** 未確認: how much nobody has passed yet, the way through it, and nothing else shown if wished. */

import { required } from "../../base/elements";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";

const NONE = "未確認の発話はありません。";

export class UnconfirmedSegments {
  private readonly count = required("[data-unconfirmed]");
  private readonly unknown = required("[data-unknown]");
  private readonly only: HTMLInputElement = required("[data-unconfirmed-only]");
  private readonly nextButton: HTMLButtonElement = required("[data-unconfirmed-next]");

  constructor(
    private readonly list: SegmentList,
    private readonly say: (words: string) => void,
  ) {
    this.nextButton.addEventListener("click", () => this.next(1));
    this.only.addEventListener("change", () => list.showOnly(this.only.checked ? isOpen : null));
  }

  refresh(): void {
    const open = this.list.lines.filter(isOpen).length;
    this.count.textContent = open
      ? `未確認 ${open}発話（${this.list.lines.length}発話のうち）`
      : NONE;
    this.unknown.textContent = this.expected();
    this.nextButton.disabled = open === 0;
  }

  /** What the end of the queue does not know; nothing where all was passed. */
  get rest(): string {
    const open = this.list.lines.filter(isOpen).length;
    return open ? `未確認が${open}発話あります。${this.expected()}` : "";
  }

  private expected(): string {
    const known = this.list.lines.filter(isOpen).map(({ segment }) => segment.expected_errors);
    const letters = known.reduce<number>((sum, errors) => sum + (errors ?? 0), 0);
    if (!letters) return "";
    const told = letters < 10 ? "10字より少ない" : `約${10 * Math.round(letters / 10)}字の`;
    return `まだ${told}誤りがあると見込まれます（聞き取りの自信からの推定）。`;
  }

  /** From where the hands or the sound are, round and round. */
  next(way: number): void {
    const { lines, current } = this.list;
    const now = current ? this.list.placeOf(current) : -1;
    const open = lines.filter(isOpen);
    const later = open.filter((line) => (this.list.placeOf(line) - now) * way > 0);
    const line = (way > 0 ? (later[0] ?? open[0]) : (later.at(-1) ?? open.at(-1))) ?? null;
    if (line) this.list.open(line, "center");
    else this.say(NONE);
  }
}

function isOpen(line: SegmentModel): boolean {
  return !line.wantsConfirmed && !line.isGone;
}
