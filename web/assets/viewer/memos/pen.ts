/** Writing on the page: pen, marker, notes, eraser. All in points of the page, so that what is
 * written is right at every zoom and on every screen. */

import { button, isControl, svg } from "../../base/elements";
import type { Sheet } from "../reading/sheet";
import { isNear, nameBeside, pathOf, round, rounded, shape, topOf } from "./ink";
import type { Memo, PageOfVersion, Point, Written } from "./memo-store";
import type { Memos } from "./memos";

export type Tool = "ink" | "marker" | "note" | "eraser";

const INK_POINTS = 2.4;
const MARKER_POINTS = 14;
const MOST_POINTS = 2000;
const STROKE_MS = 300;
// Names do not cover each other.
const NAME_PIXELS = 34;

interface Stroke {
  tool: Exclude<Tool, "note">;
  points: Point[];
  pointerId: number;
  isPen: boolean;
  /** Of `performance.now()`. */
  beganAt: number;
  place: PageOfVersion;
}

export class Pen {
  tool: Tool = "ink";
  readonly colours = { ink: "blue", marker: "yellow" };
  isOn = false;
  /** The person reads without what others wrote. */
  hidesOthers = false;
  onNote: (memo: Memo) => void = () => undefined;
  /** The name beside somebody's drawing was pressed. */
  onName: (memo: Memo) => void = () => undefined;
  /** What is written from now on is seen by all, or not any more. */
  onSharing: (isShared: boolean) => void = () => undefined;
  private isSharing = false;
  private readonly layer = svg("g");
  private readonly fresh = svg("path");
  private stroke: Stroke | null = null;
  /** Where a note will be, once the finger that chose the place is lifted. */
  private noteAt: { point: Point; pointerId: number } | null = null;
  private place: PageOfVersion = { versionId: 0, page: 0 };
  private hasRealPen = false;

  constructor(
    private readonly sheet: Sheet,
    private readonly memos: Memos,
  ) {
    sheet.drawing.append(this.layer, this.fresh);
    sheet.mayMove = () => !this.stroke?.isPen;
    const { stage } = sheet;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.cancel(event));
    stage.addEventListener(
      "touchstart",
      (event) => {
        if (event.touches.length > 1) this.secondFinger();
      },
      { passive: true },
    );
    // No click follows: it would hit what the tap has just opened.
    stage.addEventListener(
      "touchend",
      (event) => {
        if (this.isOn && event.cancelable && !isControl(event.target)) event.preventDefault();
      },
      { passive: false },
    );
  }

  get isShared(): boolean {
    return this.isSharing;
  }

  set isShared(isShared: boolean) {
    if (isShared === this.isSharing) return;
    this.isSharing = isShared;
    this.onSharing(isShared);
  }

  get colour(): string {
    return this.tool === "marker" ? this.colours.marker : this.colours.ink;
  }

  set colour(colour: string) {
    if (this.tool === "marker") this.colours.marker = colour;
    else this.colours.ink = colour;
  }

  turn(isOn: boolean): void {
    this.finish();
    this.isOn = isOn;
    this.isShared = false;
    this.sheet.stage.classList.toggle("is-writing", isOn);
  }

  /** Draw what is on this page. A stroke that was begun on the page before stays there, and what
   * is written here is shown to nobody until the person says so. */
  show(place: PageOfVersion): void {
    if (place.page !== this.place.page || place.versionId !== this.place.versionId) {
      this.finish();
      this.isShared = false;
    }
    this.place = place;
    const memos = this.memos.on(place.page).filter((memo) => memo.is_mine || !this.hidesOthers);
    const drawn = memos.filter((memo) => memo.kind !== "note");
    const notes = memos.filter((memo) => memo.kind === "note");
    this.layer.replaceChildren(...drawn.map((memo) => pathOf(memo)));
    this.sheet.chips.replaceChildren(...notes.map((memo) => this.chip(memo)), ...this.names(drawn));
  }

  private chip(memo: Memo): HTMLElement {
    const { x, y, text } = memo.content as Written;
    const who = memo.is_mine
      ? memo.is_shared
        ? "共有したメモ"
        : "メモ"
      : `${memo.author}さんのメモ`;
    const since = memo.outdated_version ? `第${memo.outdated_version}版から　` : "";
    const chip = button(
      `${since}${text || "メモ"}`,
      () => this.onNote(memo),
      "memo-chip",
      `${since}${who}：${text}`,
    );
    chip.classList.toggle("is-shared", memo.is_shared);
    chip.style.left = `${(100 * x) / this.sheet.size.width}%`;
    chip.style.top = `${(100 * y) / this.sheet.size.height}%`;
    return chip;
  }

  /** In the margin beside the first drawing of each: whose it is, that all see it, and of which
   * version it is. */
  private names(drawn: Memo[]): HTMLElement[] {
    const named = new Map<string, Memo>();
    for (const memo of drawn) {
      const words = nameBeside(memo);
      if (words && !named.has(words)) named.set(words, memo);
    }
    const height = NAME_PIXELS / (this.sheet.element.offsetHeight || 1);
    const places = [...named].map(([words, memo]) => ({
      words,
      memo,
      top: topOf(memo) / this.sheet.size.height,
    }));
    let free = 0;
    return places
      .sort((one, other) => one.top - other.top)
      .map(({ words, memo, top }) => {
        const chip = button(words, () => this.onName(memo), "memo-name");
        const at = Math.min(Math.max(top, free), 1 - height);
        free = at + height;
        chip.style.top = `${100 * at}%`;
        return chip;
      });
  }

  /** A hand that rests on the glass does not write once a pen was seen. */
  private isPalm(event: PointerEvent): boolean {
    if (event.pointerType === "pen") this.hasRealPen = true;
    return event.pointerType === "touch" && this.hasRealPen;
  }

  private down(event: PointerEvent): void {
    if (
      !this.isOn ||
      !event.isPrimary ||
      event.button !== 0 ||
      isControl(event.target) ||
      this.isPalm(event)
    )
      return;
    const point = this.pointOf(event);
    if (
      point[0] < 0 ||
      point[1] < 0 ||
      point[0] > this.sheet.size.width ||
      point[1] > this.sheet.size.height
    )
      return;
    event.preventDefault();
    const { pointerId } = event;
    if (this.tool === "note") {
      this.noteAt = { point, pointerId };
      return;
    }
    this.sheet.stage.setPointerCapture(pointerId);
    this.stroke = {
      tool: this.tool,
      points: [point],
      pointerId,
      isPen: event.pointerType === "pen",
      beganAt: performance.now(),
      place: this.place,
    };
    if (this.tool === "eraser") this.eraseAt(point);
    else this.showFresh();
  }

  private move(event: PointerEvent): void {
    const { stroke } = this;
    if (!stroke || event.pointerId !== stroke.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const point = this.pointOf(each);
      if (stroke.tool === "eraser") this.eraseAt(point);
      else if (stroke.points.length < MOST_POINTS) stroke.points.push(point);
    }
    if (stroke.tool !== "eraser") this.showFresh();
  }

  private up(event: PointerEvent): void {
    if (event.pointerId === this.noteAt?.pointerId) return this.addNote(this.noteAt.point);
    if (event.pointerId === this.stroke?.pointerId) this.finish();
  }

  /** The system took the pointer away: what a hand had drawn beside the pen is not meant. */
  private cancel(event: PointerEvent): void {
    this.noteAt = null;
    if (event.pointerId !== this.stroke?.pointerId) return;
    if (this.hasRealPen && !this.stroke.isPen) this.drop();
    else this.finish();
  }

  /** Two fingers move the page: what the first one drew until the other came is not meant, unless
   * it is a stroke by now. A hand that rests beside the pen is no second finger. */
  private secondFinger(): void {
    this.noteAt = null;
    if (!this.stroke || this.stroke.isPen) return;
    if (performance.now() - this.stroke.beganAt > STROKE_MS) this.finish();
    else this.drop();
  }

  /** Keeps the stroke as far as it is drawn, on the page where it was begun. */
  private finish(): void {
    const { stroke } = this;
    this.drop();
    if (!stroke || stroke.tool === "eraser") return;
    const width = stroke.tool === "marker" ? MARKER_POINTS : INK_POINTS;
    this.memos.add(
      stroke.place,
      stroke.tool,
      { strokes: [stroke.points.map(rounded)], colour: this.colour, width },
      this.isShared,
    );
  }

  private drop(): void {
    this.stroke = null;
    this.noteAt = null;
    this.fresh.setAttribute("d", "");
  }

  private addNote(point: Point): void {
    this.noteAt = null;
    this.onNote(
      this.memos.add(
        this.place,
        "note",
        { x: round(point[0]), y: round(point[1]), text: "" },
        this.isShared,
      ),
    );
  }

  private eraseAt(point: Point): void {
    for (const memo of this.memos.on(this.place.page)) {
      if (memo.is_mine && isNear(memo, point)) this.memos.change(memo, { is_erased: true });
    }
  }

  private showFresh(): void {
    if (!this.stroke) return;
    const { tool, points, isPen } = this.stroke;
    const width = tool === "marker" ? MARKER_POINTS : INK_POINTS;
    shape(this.fresh, tool === "marker", { strokes: [points], colour: this.colour, width }, isPen);
  }

  private pointOf(event: PointerEvent): Point {
    const { x, y } = this.sheet.pointAt(event.clientX, event.clientY);
    return [x, y, event.pointerType === "pen" ? event.pressure : 0.5];
  }
}
