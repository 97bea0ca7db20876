/**
 * The lines of a transcript, of which only those near the window have a form on the page: five
 * hours of talk open and scroll as quickly as five minutes. Heights are guessed until a row has
 * been seen. A row that somebody is at stays, wherever the window goes.
 */

import type { Other } from "../server";
import type { Heading } from "./agenda-headings";
import type { SegmentModel } from "./segment-model";
import type { SegmentRow } from "./segment-row";

/** Beyond the window at either side, in heights of the window. */
const MARGIN = 0.75;
const LINE_HEIGHT = 31;
const ROW_HEIGHT = 130;
const LETTER_WIDTH = 17;
/** Of the window; beyond that a text scrolls in its field (see styles/desk/segments.css). */
const TALLEST_TEXT = 0.6;

export class SegmentList {
  readonly lines: SegmentModel[] = [];

  private readonly rows = new Map<SegmentModel, SegmentRow>();
  private readonly seenHeights = new Map<SegmentModel, number>();
  private readonly places = new Map<SegmentModel, number>();
  private tops: number[] = [];
  private width = 0;
  private heard: SegmentModel | null = null;
  /** Rows grow with their text, and with what is told beside it. */
  private readonly sizes = new ResizeObserver(() => this.renderSoon());
  private others = new Map<number | null, Other>();
  private isWaiting = false;
  /** The others have no height; null: all of them. */
  private shown: Set<SegmentModel> | null = null;

  /** `headingOf`: the words above a line with which something begins, else null. `told`: after lines
   * came or went. */
  constructor(
    private readonly element: HTMLElement,
    private readonly newRow: (line: SegmentModel) => SegmentRow,
    private readonly headingOf: (line: SegmentModel, before: SegmentModel | null) => Heading | null,
    private readonly told: () => void,
  ) {
    addEventListener("scroll", () => this.renderSoon(), { passive: true });
    addEventListener("resize", () => this.renderSoon());
    element.addEventListener("focusout", () => this.renderSoon());
    new ResizeObserver(() => this.measureWidth()).observe(element);
  }

  /** In the order of the sound. */
  add(lines: SegmentModel[]): void {
    this.lines.push(...lines);
    lines.forEach((line) => this.shown?.add(line));
    const at = (line: SegmentModel): number => line.segment.start_seconds;
    this.lines.sort((one, other) => at(one) - at(other) || one.id - other.id);
    this.changed();
  }

  remove(gone: SegmentModel[]): void {
    for (const line of gone) this.unmount(line);
    const kept = this.lines.filter((line) => !gone.includes(line));
    this.lines.splice(0, this.lines.length, ...kept);
    this.changed();
  }

  /** After lines came or went, or headings moved. */
  changed(): void {
    this.places.clear();
    this.lines.forEach((line, place) => this.places.set(line, place));
    this.render();
    this.told();
  }

  /** Only those that are `wanted` at this moment, until this is asked for again; null: all. */
  showOnly(wanted: ((line: SegmentModel) => boolean) | null): void {
    this.shown = wanted && new Set(this.lines.filter(wanted));
    this.render();
  }

  /** The next one (1) or the one before (-1) that is shown; of none the first. */
  beside(line: SegmentModel | null, way: number): SegmentModel | null {
    const isShown = (one: SegmentModel): boolean => this.isShown(one);
    if (!line) return this.lines.find(isShown) ?? null;
    const place = this.placeOf(line);
    const rest = way > 0 ? this.lines.slice(place + 1) : this.lines.slice(0, place).reverse();
    return rest.find(isShown) ?? null;
  }

  placeOf(line: SegmentModel): number {
    return this.places.get(line) ?? -1;
  }

  get(id: number): SegmentModel | null {
    return this.lines.find((line) => line.id === id) ?? null;
  }

  /** Its form on the page; null while it is far from the window. */
  rowOf(line: SegmentModel | null): SegmentRow | null {
    return (line && this.rows.get(line)) ?? null;
  }

  /** The one in which the hands are. */
  get held(): SegmentModel | null {
    return this.lineOf(document.activeElement);
  }

  /** To which this element belongs. */
  lineOf(inside: Element | null): SegmentModel | null {
    const row = [...this.rows.values()].find(({ element }) => element.contains(inside));
    return row?.line ?? null;
  }

  /** After something came over the page, from `top` of the window on: the text in which the hands
   * are goes clear of it. */
  uncoverHeld(top: number): void {
    const text = this.rowOf(this.held)?.text.getBoundingClientRect();
    if (text && text.bottom > top) scrollBy({ top: text.bottom - top, behavior: "instant" });
  }

  /** The one in which the hands are, else the one that is heard. */
  get current(): SegmentModel | null {
    return this.held ?? this.heard;
  }

  /** Who else is at which segment. */
  showOthers(others: Map<number | null, Other>): void {
    this.others = others;
    for (const [line, row] of this.rows) row.setOther(others.get(line.id) ?? null);
  }

  /** Whether texts may be corrected has changed. */
  allow(): void {
    for (const row of this.rows.values()) row.allow();
    this.render();
  }

  /** The last one that has begun at this second. */
  at(seconds: number): SegmentModel | null {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle]!.segment.start_seconds <= seconds) low = middle + 1;
      else high = middle;
    }
    return this.lines[low - 1] ?? null;
  }

  /** The line and the second that are heard. */
  setHeard(line: SegmentModel | null, seconds: number): void {
    if (this.heard !== line) {
      this.rowOf(this.heard)?.setHeard(false);
      this.rowOf(this.heard)?.setSecond(null);
    }
    this.heard = line;
    this.rowOf(line)?.setHeard(true);
    this.rowOf(line)?.setSecond(seconds);
  }

  /** Bring it into the window: to its middle, or only as far as needed. */
  reveal(line: SegmentModel, block: ScrollLogicalPosition = "nearest"): SegmentRow {
    this.shown?.add(line);
    const row = this.rows.get(line) ?? this.mount(line);
    this.settle();
    row.element.scrollIntoView({ block });
    this.render();
    // Rows that were only guessed before may have pushed it away.
    row.element.scrollIntoView({ block: "nearest" });
    return row;
  }

  /** With the hands in its text. */
  open(line: SegmentModel, block: ScrollLogicalPosition = "nearest"): SegmentRow {
    const row = this.reveal(line, block);
    row.text.focus({ preventScroll: true });
    return row;
  }

  private renderSoon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.render();
    });
  }

  private render(): void {
    if (!this.width) this.width = this.element.clientWidth;
    this.layOut();
    const anchor = this.anchor();
    const [first, last] = this.near();
    for (const row of this.rows.values()) {
      const place = this.placeOf(row.line);
      const isFar = place < first || place > last || !this.isShown(row.line);
      if (isFar && !row.isHeld) this.unmount(row.line);
    }
    for (let place = first; place <= last; place++) {
      const line = this.lines[place]!;
      if (this.isShown(line) && !this.rows.has(line)) this.mount(line);
    }
    this.settle();
    if (anchor) this.keepInPlace(anchor);
  }

  /** Heights as they are, then every row to its place. */
  private settle(): void {
    for (const [line, row] of this.rows) {
      const place = this.placeOf(line);
      row.setHeading(this.headingOf(line, this.lines[place - 1] ?? null));
    }
    for (const [line, row] of this.rows) this.tellPlace(line, row);
    for (const [line, row] of this.rows) this.seenHeights.set(line, row.element.offsetHeight);
    this.layOut();
    for (const [line, row] of this.rows)
      row.element.style.top = `${this.tops[this.placeOf(line)]!}px`;
  }

  /** For screen readers: which of how many, most of which are not on the page. */
  private tellPlace(line: SegmentModel, { element }: SegmentRow): void {
    element.setAttribute("aria-setsize", String(this.lines.length));
    element.setAttribute("aria-posinset", String(this.placeOf(line) + 1));
  }

  private layOut(): void {
    this.tops = new Array<number>(this.lines.length);
    let top = 0;
    this.lines.forEach((line, place) => {
      this.tops[place] = top;
      top += this.heightOf(line);
    });
    this.element.style.height = `${top}px`;
  }

  private isShown(line: SegmentModel): boolean {
    return this.shown === null || this.shown.has(line) || (this.rows.get(line)?.isHeld ?? false);
  }

  private heightOf(line: SegmentModel): number {
    if (!this.isShown(line)) return 0;
    const seen = this.seenHeights.get(line);
    if (seen !== undefined) return seen;
    const letters = Math.max(8, (this.width - 160) / LETTER_WIDTH);
    const lines = Math.floor(line.text.length / letters);
    return ROW_HEIGHT + Math.min(LINE_HEIGHT * lines, TALLEST_TEXT * innerHeight);
  }

  /** The first and the last place that should have a row. */
  private near(): [number, number] {
    const top = -this.element.getBoundingClientRect().top;
    const margin = MARGIN * innerHeight;
    const first = this.placeAt(top - margin);
    const last = this.placeAt(top + innerHeight + margin);
    return [Math.max(0, first), Math.min(this.lines.length - 1, last)];
  }

  /** The last place that begins above this height; -1 above all. */
  private placeAt(height: number): number {
    let low = 0;
    let high = this.tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle]! <= height) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** What must not jump: the row under the hands when it is in sight, else the topmost one. */
  private anchor(): { line: SegmentModel; top: number } | null {
    const listTop = this.element.getBoundingClientRect().top;
    const focused = [...this.rows.values()].find((row) => row.isHeld)?.line;
    const isInSight = (line: SegmentModel): boolean => {
      const top = listTop + this.tops[this.placeOf(line)]!;
      return top > -this.heightOf(line) && top < innerHeight;
    };
    const topmost = this.lines[this.placeAt(-listTop)];
    const line = focused && isInSight(focused) ? focused : topmost;
    if (!line || !this.rows.has(line)) return null;
    return { line, top: listTop + this.tops[this.placeOf(line)]! };
  }

  private keepInPlace({ line, top }: { line: SegmentModel; top: number }): void {
    const now = this.element.getBoundingClientRect().top + this.tops[this.placeOf(line)]!;
    if (Math.abs(now - top) >= 1) scrollBy({ top: now - top, behavior: "instant" });
  }

  private mount(line: SegmentModel): SegmentRow {
    const row = this.newRow(line);
    const place = this.placeOf(line);
    row.setHeard(line === this.heard);
    row.setOther(this.others.get(line.id) ?? null);
    line.view = row;
    this.rows.set(line, row);
    this.element.insertBefore(row.element, this.nextElement(place));
    row.fit();
    this.sizes.observe(row.element);
    return row;
  }

  /** In the order of the sound also on the page, for the Tab key and for screen readers. */
  private nextElement(place: number): Element | null {
    let next: SegmentRow | null = null;
    let nearest = Infinity;
    for (const row of this.rows.values()) {
      const other = this.placeOf(row.line);
      if (other <= place || other >= nearest) continue;
      next = row;
      nearest = other;
    }
    return next?.element ?? null;
  }

  private unmount(line: SegmentModel): void {
    const row = this.rows.get(line);
    if (!row) return;
    this.sizes.unobserve(row.element);
    row.element.remove();
    this.rows.delete(line);
    line.view = null;
  }

  private measureWidth(): void {
    const width = this.element.clientWidth;
    if (width !== this.width) this.seenHeights.clear();
    this.width = width;
    this.renderSoon();
  }
}
