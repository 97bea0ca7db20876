/** 疑わしい箇所: what somebody should decide, one after the other, with what is left counted. */

import { make, required } from "../../base/elements";
import { position } from "../../base/times";
import type { SegmentModel } from "../segments/segment-model";
import type { Proposal } from "../server";

const LEAST_CONFIDENCE = 0.5;
const MOST_SHOWN = 8;

/** A proposal in a line, or the whole line. `badness` from 0 to 1. */
export interface Doubtful {
  line: SegmentModel;
  proposal: Proposal | null;
  badness: number;
}

export class DoubtQueue {
  private readonly counts = document.querySelectorAll("[data-queue-count]");
  private readonly shown = required("[data-queue]");
  private readonly order: HTMLSelectElement = required("[data-queue-order]");
  private readonly nextButton: HTMLButtonElement = required("[data-queue-next]");
  private places: Doubtful[] = [];
  private latest: { line: SegmentModel; proposal: number | null } | null = null;

  /** `go` brings somebody to a doubtful place. */
  constructor(
    private readonly lines: readonly SegmentModel[],
    private readonly go: (place: Doubtful) => void,
  ) {
    this.order.addEventListener("change", () => {
      this.latest = null;
      this.refresh();
    });
    this.nextButton.addEventListener("click", () => this.next(1));
  }

  refresh(): void {
    this.places = this.lines.flatMap(doubtfulIn);
    if (this.order.value === "worst") this.places.sort((one, other) => other.badness - one.badness);
    const left = this.places.length;
    for (const count of this.counts)
      count.textContent = left ? `残り ${left.toLocaleString("ja")}` : "残っていません";
    this.nextButton.disabled = left === 0;
    const now = this.placeOfLatest();
    const first = Math.max(0, now);
    const near = this.places.slice(first, first + MOST_SHOWN);
    this.shown.replaceChildren(...near.map((place) => this.entry(place)));
  }

  /** The next one (1) or the one before (-1) after the place where one is, round and round. */
  next(way: number, from: SegmentModel | null = null): void {
    if (!this.places.length) return;
    const now = this.placeOfLatest();
    let place = now < 0 && from ? this.firstAfter(from, way) : now + way;
    if (now < 0 && !from) place = way > 0 ? 0 : -1;
    this.visit(this.places.at(place % this.places.length)!);
  }

  /** Of the place where one is: what can be decided. */
  get current(): Doubtful | null {
    return this.places[this.placeOfLatest()] ?? null;
  }

  /** After a decision: the one that stands there by now. */
  goOn(before: number): void {
    if (!this.places.length) return;
    this.visit(this.places[Math.min(before, this.places.length - 1)]!);
  }

  get place(): number {
    return this.placeOfLatest();
  }

  get isEmpty(): boolean {
    return this.places.length === 0;
  }

  leave(): void {
    this.latest = null;
  }

  private visit(place: Doubtful): void {
    this.latest = { line: place.line, proposal: place.proposal?.id ?? null };
    this.refresh();
    this.go(place);
  }

  private placeOfLatest(): number {
    const { latest } = this;
    if (!latest) return -1;
    return this.places.findIndex(
      ({ line, proposal }) => line === latest.line && (proposal?.id ?? null) === latest.proposal,
    );
  }

  private firstAfter(from: SegmentModel, way: number): number {
    if (this.order.value === "worst") return way > 0 ? 0 : -1;
    const start = from.segment.start_seconds;
    const later = this.places.findIndex(({ line }) => line.segment.start_seconds >= start);
    return later < 0 ? 0 : way > 0 ? later : later - 1;
  }

  private entry(place: Doubtful): Node {
    const isHere = place === this.current;
    const button = make("button", { type: "button", class: "queue-place" });
    if (isHere) button.setAttribute("aria-current", "true");
    const at = position(place.line.segment.start_seconds);
    button.append(make("span", { class: "queue-time" }, at), " ", wordsOf(place));
    button.addEventListener("click", () => this.visit(place));
    return make("li", {}, button);
  }
}

/** Open proposals, else what the machine itself does not trust; nothing in a confirmed line. */
export function doubtfulIn(line: SegmentModel): Doubtful[] {
  const { segment } = line;
  if (line.wantsConfirmed) return [];
  const proposed = segment.proposals.map((proposal) => ({
    line,
    proposal,
    badness: proposal.was_changed ? 0.3 : 0.6,
  }));
  if (segment.doubt) return [{ line, proposal: null, badness: 1 }, ...proposed];
  const confidence = segment.confidence ?? 1;
  if (!proposed.length && confidence < LEAST_CONFIDENCE)
    return [{ line, proposal: null, badness: 0.9 - confidence }];
  return proposed;
}

function wordsOf({ line, proposal }: Doubtful): Node | string {
  if (proposal) return `${proposal.before || "（なし）"} → ${proposal.after || "（除く）"}`;
  const { doubt, confidence } = line.segment;
  return doubt ?? `聞き取りの自信 ${Math.round(100 * (confidence ?? 0))} %`;
}
