/** Writing on the page: pen, marker, notes, eraser. All in points of the page, so that what is
 * written is right at every zoom and on every screen. */

import { getStroke } from "perfect-freehand";
import { button, make, svg } from "./dom";
import type { Drawn, Memo, Memos, Point, Written } from "./memos";
import type { Sheet } from "./sheet";

export type Tool = "ink" | "marker" | "note" | "eraser";

export const COLOURS: Record<string, { words: string; ink: string }> = {
  blue: { words: "青", ink: "#1d4e89" },
  red: { words: "赤", ink: "#c2371f" },
  black: { words: "黒", ink: "#1c2530" },
  green: { words: "緑", ink: "#1f7a4d" },
  yellow: { words: "黄", ink: "#e0a800" },
};
const INK_POINTS = 2.4;
const MARKER_POINTS = 14;
const ERASER_POINTS = 10;
const MOST_POINTS = 2000;
const HOLDS = "button, a, input, textarea";

export class Pen {
  tool: Tool = "ink";
  readonly colours = { ink: "blue", marker: "yellow" };
  isShared = false;
  isOn = false;
  onNote: (memo: Memo) => void = () => undefined;
  private readonly layer = svg("g");
  private readonly fresh = svg("path");
  private stroke: Point[] | null = null;
  private page = 0;
  private hasRealPen = false;
  private pointerId = -1;

  constructor(
    private readonly sheet: Sheet,
    private readonly memos: Memos,
  ) {
    sheet.drawing.append(this.layer, this.fresh);
    const { stage } = sheet;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", () => this.drop());
    stage.addEventListener("touchstart", (event) => {
      if (event.touches.length > 1) this.drop();
    }, { passive: true });
  }

  get colour(): string {
    return this.tool === "marker" ? this.colours.marker : this.colours.ink;
  }

  set colour(colour: string) {
    if (this.tool === "marker") this.colours.marker = colour;
    else this.colours.ink = colour;
  }

  turn(isOn: boolean): void {
    this.isOn = isOn;
    this.drop();
    this.sheet.stage.classList.toggle("is-writing", isOn);
  }

  /** Draw what is on this page. */
  show(page: number): void {
    if (page !== this.page) this.drop();
    this.page = page;
    const memos = this.memos.on(page);
    this.layer.replaceChildren(...memos.filter((memo) => memo.kind !== "note").map((memo) => pathOf(memo)));
    this.sheet.chips.replaceChildren(...memos.filter((memo) => memo.kind === "note").map((memo) => this.chip(memo)));
  }

  private chip(memo: Memo): HTMLElement {
    const { x, y, text } = memo.content as Written;
    const who = memo.is_mine ? (memo.is_shared ? "共有したメモ" : "メモ") : `${memo.author}さんのメモ`;
    const chip = button(`${who}：${text}`, text || "メモ", () => this.onNote(memo), "memo-chip");
    chip.classList.toggle("is-shared", memo.is_shared);
    chip.style.left = `${(100 * x) / this.sheet.size.width}%`;
    chip.style.top = `${(100 * y) / this.sheet.size.height}%`;
    return chip;
  }

  /** A hand that rests on the glass does not write once a pen was seen. */
  private isPalm(event: PointerEvent): boolean {
    if (event.pointerType === "pen") this.hasRealPen = true;
    return event.pointerType === "touch" && this.hasRealPen;
  }

  private down(event: PointerEvent): void {
    const isElsewhere = event.target instanceof Element && event.target.closest(HOLDS);
    if (!this.isOn || !event.isPrimary || event.button !== 0 || isElsewhere || this.isPalm(event)) return;
    const point = this.pointOf(event);
    if (point[0] < 0 || point[1] < 0 || point[0] > this.sheet.size.width || point[1] > this.sheet.size.height) return;
    event.preventDefault();
    if (this.tool === "note") return this.addNote(point);
    this.pointerId = event.pointerId;
    this.sheet.stage.setPointerCapture(event.pointerId);
    this.stroke = [point];
    if (this.tool === "eraser") this.eraseAt(point);
    else this.showFresh(event.pointerType);
  }

  private move(event: PointerEvent): void {
    if (!this.stroke || event.pointerId !== this.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const point = this.pointOf(each);
      if (this.tool === "eraser") this.eraseAt(point);
      else if (this.stroke.length < MOST_POINTS) this.stroke.push(point);
    }
    if (this.tool !== "eraser") this.showFresh(event.pointerType);
  }

  private up(event: PointerEvent): void {
    if (!this.stroke || event.pointerId !== this.pointerId) return;
    const stroke = this.stroke;
    this.drop();
    if (this.tool === "eraser" || this.tool === "note") return;
    const width = this.tool === "marker" ? MARKER_POINTS : INK_POINTS;
    this.memos.add(this.page, this.tool, { strokes: [stroke.map(rounded)], colour: this.colour, width }, this.isShared);
  }

  private drop(): void {
    this.stroke = null;
    this.pointerId = -1;
    this.fresh.setAttribute("d", "");
  }

  private addNote(point: Point): void {
    this.onNote(this.memos.add(this.page, "note", { x: round(point[0]), y: round(point[1]), text: "" }, this.isShared));
  }

  private eraseAt(point: Point): void {
    for (const memo of this.memos.on(this.page)) {
      if (memo.is_mine && isNear(memo, point)) this.memos.change(memo, { is_erased: true });
    }
  }

  private showFresh(pointerType: string): void {
    const width = this.tool === "marker" ? MARKER_POINTS : INK_POINTS;
    shape(this.fresh, this.tool === "marker", { strokes: [this.stroke ?? []], colour: this.colour, width }, pointerType === "pen");
  }

  private pointOf(event: PointerEvent): Point {
    const { x, y } = this.sheet.pointAt(event.clientX, event.clientY);
    return [x, y, event.pointerType === "pen" ? event.pressure : 0.5];
  }
}

/** One memo as a shape; for the list of those that lost their page too. */
export function pathOf(memo: { kind: string; content: unknown }): SVGPathElement {
  const path = svg("path");
  const drawn = memo.content as Drawn;
  const hasPressure = drawn.strokes.some((stroke) => stroke.some((point) => point[2] !== 0.5));
  shape(path, memo.kind === "marker", drawn, hasPressure);
  return path;
}

function shape(path: SVGPathElement, isMarker: boolean, drawn: Drawn, hasPressure: boolean): void {
  const ink = (COLOURS[drawn.colour] ?? COLOURS["blue"]!).ink;
  path.setAttribute("class", isMarker ? "memo-marker" : "memo-ink");
  path.setAttribute(isMarker ? "stroke" : "fill", ink);
  path.setAttribute(isMarker ? "fill" : "stroke", "none");
  if (isMarker) path.setAttribute("stroke-width", String(drawn.width));
  const options = { size: drawn.width, thinning: 0.5, smoothing: 0.5, streamline: 0.4, simulatePressure: !hasPressure };
  path.setAttribute("d", drawn.strokes.map((stroke) => (isMarker ? line(stroke) : outline(getStroke(stroke, options)))).join(""));
}

function line(points: Point[]): string {
  if (points.length === 1) return `M${points[0]![0]} ${points[0]![1]}h0.1`;
  return points.map(([x, y], place) => `${place ? "L" : "M"}${round(x)} ${round(y)}`).join("");
}

/** A closed curve through the middles of the outline's sides. */
function outline(corners: number[][]): string {
  const [first] = corners;
  if (!first) return "";
  const curves = corners.map((corner, place) => {
    const after = corners[(place + 1) % corners.length]!;
    return `Q${round(corner[0]!)} ${round(corner[1]!)} ${round((corner[0]! + after[0]!) / 2)} ${round((corner[1]! + after[1]!) / 2)}`;
  });
  return `M${round(first[0]!)} ${round(first[1]!)}${curves.join("")}Z`;
}

function isNear(memo: Memo, point: Point): boolean {
  if (memo.kind === "note") return false;
  const { strokes, width } = memo.content as Drawn;
  const reach = ERASER_POINTS + width / 2;
  return strokes.some((stroke) => stroke.some(([x, y]) => Math.hypot(x - point[0], y - point[1]) < reach));
}

function rounded(point: Point): Point {
  return [round(point[0]), round(point[1]), round(point[2])];
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

/** The tools, in a bar of their own above the strip. */
export function toolBar(pen: Pen, memos: Memos, close: () => void, list: () => void): { bar: HTMLElement; refresh: () => void } {
  const bar = make("div", "viewer-bar viewer-pen-bar");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "メモの道具");
  const tools: [Tool, string][] = [["ink", "ペン"], ["marker", "マーカー"], ["note", "文字"], ["eraser", "消す"]];
  const toolButtons = tools.map(([tool, words]) => button(words, words, () => choose(() => (pen.tool = tool))));
  const colours = Object.entries(COLOURS).map(([colour, { words }]) => {
    const press = button(words, words, () => choose(() => (pen.colour = colour)), "memo-colour");
    press.dataset["colour"] = colour;
    return press;
  });
  const undo = button("元に戻す", "元に戻す", () => memos.undo());
  const redo = button("やり直す", "やり直す", () => memos.redo());
  const shared = button("書くメモを全員に見せる", "全員に見せる", () => choose(() => (pen.isShared = !pen.isShared)));
  const waiting = make("span", "quiet");
  waiting.setAttribute("role", "status");
  const choose = (act: () => void) => {
    act();
    refresh();
  };
  const refresh = () => {
    toolButtons.forEach((press, place) => press.setAttribute("aria-pressed", String(pen.tool === tools[place]![0])));
    colours.forEach((press) => press.setAttribute("aria-pressed", String(press.dataset["colour"] === pen.colour)));
    shared.setAttribute("aria-pressed", String(pen.isShared));
    undo.disabled = !memos.canUndo;
    redo.disabled = !memos.canRedo;
    waiting.textContent = memos.waiting ? `保存を待っているメモ ${memos.waiting}件（この端末に残っています）` : "";
  };
  bar.append(...toolButtons, ...colours, undo, redo, shared, button("メモの一覧", "一覧", list), button("メモを終える", "終える", close), waiting);
  refresh();
  return { bar, refresh };
}
