/** One page on the stage: fitted, zoomed, scrolled, with layers over it. */

import { make, svg } from "../../base/elements";
import {
  type Area,
  center,
  frameAround,
  type Point,
  type Size,
  scaleOfWhole,
  within,
  zoomOfArea,
  zoomOfWidth,
} from "./geometry";
import { rangesOf } from "./marks";
import { Cancelled, dropCanvas, type Pages } from "./pages";
import { listenToPinch } from "./pinch";

/** A point of the page, in parts of it, and where on the screen it is to be. */
interface Held {
  at: Point;
  clientX: number;
  clientY: number;
}

/** As the style sheet calls them. */
const MARKS = "found";
const REPAINT_MS = 150;
const SETTLED_MS = 180;

export class Sheet {
  readonly element = make("div", { class: "sheet" });
  /** In points of the page: memos and frames keep their place at every zoom. */
  readonly drawing = svg("svg", { class: "sheet-drawing", "aria-hidden": "true" });
  readonly chips = make("div", { class: "sheet-chips" });
  size: Size = { width: 1, height: 1 };
  number = 0;
  zoom = 1;
  /** The person zoomed or moved the page. */
  onMoved: () => void = () => undefined;
  /** The page is fitted otherwise: to the width, as a whole, or to neither any more. */
  onFitted: () => void = () => undefined;
  /** Whether two fingers may move the page now. */
  mayMove: () => boolean = () => true;
  private pages: Pages | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private text: HTMLElement | null = null;
  private frame: Area | null = null;
  private words: string[] = [];
  /** The first of these words is still to be brought into sight. */
  private isToFind = false;
  /** How large the person reads: kept from page to page, while an area that is shown comes and goes. */
  private ownZoom = 1;
  private isWide = false;
  private readonly outdated: HTMLElement[] = [];
  private isTouched = false;
  private work = 0;
  /** Pages that are being drawn to be shown. */
  private underWay = 0;
  private repaintTimer = 0;
  private settledTimer = 0;
  private isMovedByUs = false;
  private readonly spot = make("div", { class: "sheet-pointer" });
  private readonly mark = make("div", { class: "sheet-watermark" });
  private readonly frameShape = svg("path", { class: "sheet-frame" });

  constructor(readonly stage: HTMLElement) {
    this.spot.hidden = true;
    this.mark.hidden = true;
    this.element.append(this.drawing, this.mark, this.chips, this.spot);
    this.drawing.append(this.frameShape);
    stage.addEventListener("scroll", () => this.moved(), { passive: true });
    this.keepWhatIsTouched();
    listenToPinch(stage, {
      begin: ({ x, y }) =>
        this.pages && this.mayMove() ? { zoom: this.zoom, at: this.heldAt(x, y).at } : null,
      move: (zoom, at, { x, y }) => this.setZoom(zoom, { at, clientX: x, clientY: y }),
    });
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.resized()).observe(stage);
  }

  /** Draw page `number`, whole or with `area` as large as fits. Throws Cancelled when another
   * page is asked for meanwhile. */
  async show(pages: Pages, number: number, area: Area | null): Promise<void> {
    this.underWay++;
    try {
      await this.turnTo(pages, number, area);
    } finally {
      this.underWay--;
    }
  }

  private async turnTo(pages: Pages, number: number, area: Area | null): Promise<void> {
    const work = ++this.work;
    clearTimeout(this.repaintTimer);
    const size = await pages.size(number);
    if (work !== this.work) throw new Cancelled();
    const fit = scaleOfWhole(this.room, size);
    const zoom = area ? zoomOfArea(area, this.room, size) : this.zoomOfPerson(size);
    const across = this.number && !this.frame ? this.middle().x : 0.5;
    const { canvas, text } = await pages.paint(number, fit * zoom);
    if (work !== this.work) throw new Cancelled();
    this.pages = pages;
    this.number = number;
    this.size = size;
    this.zoom = zoom;
    this.drawing.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    this.put(canvas, text);
    if (this.element.parentElement !== this.stage) this.stage.replaceChildren(this.element);
    this.showFrame(area);
    this.lay();
    this.scrollTo(area ? center(area) : { x: across, y: 0 });
    this.onFitted();
    this.bringFoundIntoSight();
  }

  clear(): void {
    this.work++;
    this.pages = null;
    this.number = 0;
  }

  /** The visible part; null when the page is shown whole or as wide as the screen. */
  area(): Area | null {
    if (this.zoom <= 1.01 || this.isFittedToWidth) return null;
    const width = this.element.offsetWidth;
    const height = this.element.offsetHeight;
    const left = Math.max(0, this.stage.scrollLeft - this.element.offsetLeft) / width;
    const top = Math.max(0, this.stage.scrollTop - this.element.offsetTop) / height;
    return [
      left,
      top,
      Math.min(1, this.stage.clientWidth / width),
      Math.min(1, this.stage.clientHeight / height),
    ];
  }

  /** `held`: the point of the page that stays where it is, and where on the screen that is. */
  setZoom(zoom: number, held = this.middleOfStage()): void {
    if (!this.pages) return;
    const next = within(zoom);
    const isOther = next !== this.zoom;
    if (!isOther && next === 1) return;
    this.zoom = this.ownZoom = next;
    this.showFrame(null);
    if (isOther) {
      this.isWide = false;
      this.lay();
      this.repaintSoon();
      this.onFitted();
    }
    this.hold(held);
    this.settleSoon();
  }

  /** The person reads larger than the stage, not just as wide: pages that are turned to will be so. */
  get isEnlarged(): boolean {
    return !this.isWide && this.ownZoom > 1.01;
  }

  /** The page is as wide as the screen and is read by scrolling down; nobody else sees that. */
  get isFittedToWidth(): boolean {
    return this.isWide && !this.frame;
  }

  fitToWidth(isWide: boolean): void {
    this.isWide = isWide;
    this.ownZoom = 1;
    this.showFrame(null);
    if (this.pages) {
      const { y } = this.middle();
      this.zoom = this.zoomOfPerson(this.size);
      this.lay();
      this.scrollTo({ x: 0.5, y });
      this.repaintSoon();
    }
    this.onFitted();
  }

  /** Whether the page goes on beyond the left or the right edge of the stage, to be scrolled to. */
  goesOn(direction: -1 | 1): boolean {
    const { scrollLeft, scrollWidth, clientWidth } = this.stage;
    return direction < 0 ? scrollLeft > 1 : scrollLeft + clientWidth < scrollWidth - 1;
  }

  showPointer(x: number, y: number, isShown: boolean): void {
    this.spot.hidden = !isShown;
    this.spot.style.left = `${100 * x}%`;
    this.spot.style.top = `${100 * y}%`;
  }

  showWatermark(words: string): void {
    this.mark.hidden = !words;
    if (this.mark.dataset.words === words) return;
    this.mark.dataset.words = words;
    this.mark.replaceChildren(...Array.from({ length: 12 }, () => make("span", {}, words)));
  }

  /** Marks these words on this page and on those that are turned to, until none are given. */
  markWords(words: string[]): void {
    this.words = words;
    this.isToFind = words.length > 0;
    this.showMarks();
  }

  /** Where a point of the screen lies on the page, in points. */
  pointAt(clientX: number, clientY: number): { x: number; y: number } {
    const box = this.element.getBoundingClientRect();
    return {
      x: ((clientX - box.left) / box.width) * this.size.width,
      y: ((clientY - box.top) / box.height) * this.size.height,
    };
  }

  private put(canvas: HTMLCanvasElement, text: HTMLElement): void {
    const old = [this.canvas, this.text].filter((layer) => layer !== null);
    this.canvas = canvas;
    this.text = text;
    this.element.prepend(canvas, text);
    this.showMarks();
    for (const layer of old) layer.hidden = true;
    this.outdated.push(...old);
    if (!this.isTouched) this.dropOutdated();
  }

  private get found(): Range[] {
    return this.text && this.words.length ? rangesOf(this.text, this.words) : [];
  }

  private showMarks(): void {
    // Browsers without it show the page without marks.
    if (!("highlights" in CSS)) return;
    if (this.words.length) CSS.highlights.set(MARKS, new Highlight(...this.found));
    else CSS.highlights.delete(MARKS);
  }

  private bringFoundIntoSight(): void {
    if (!this.isToFind) return;
    this.isToFind = false;
    const box = this.found[0]?.getBoundingClientRect();
    if (!box || this.zoom <= 1) return;
    const stage = this.stage.getBoundingClientRect();
    this.moveByUs({
      left: this.stage.scrollLeft + box.left + box.width / 2 - (stage.left + stage.width / 2),
      top: this.stage.scrollTop + box.top + box.height / 2 - (stage.top + stage.height / 2),
    });
  }

  private dropOutdated(): void {
    for (const layer of this.outdated.splice(0)) {
      if (layer instanceof HTMLCanvasElement) dropCanvas(layer);
      else layer.remove();
    }
  }

  /** The events of a finger go where it first touched, even when that is not in the page any more:
   * it stays until the finger is lifted. */
  private keepWhatIsTouched(): void {
    this.stage.addEventListener("touchstart", () => (this.isTouched = true), { passive: true });
    for (const end of ["touchend", "touchcancel"]) {
      this.stage.addEventListener(
        end,
        (event) => {
          if ((event as TouchEvent).touches.length) return;
          this.isTouched = false;
          this.dropOutdated();
        },
        { passive: true },
      );
    }
  }

  private get room(): Size {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  private zoomOfPerson(size: Size): number {
    if (!this.isWide) return this.ownZoom;
    return zoomOfWidth(this.room, size);
  }

  private lay(): void {
    const scale = scaleOfWhole(this.room, this.size) * this.zoom;
    this.element.style.width = `${scale * this.size.width}px`;
    this.element.style.height = `${scale * this.size.height}px`;
    this.text?.style.setProperty("--total-scale-factor", String(scale));
    this.stage.classList.toggle("is-zoomed", this.zoom > 1);
  }

  /** Put a point of the page, in parts of it, into the middle of the stage. */
  private scrollTo(point: Point): void {
    this.moveByUs({
      left:
        this.element.offsetLeft + point.x * this.element.offsetWidth - this.stage.clientWidth / 2,
      top:
        this.element.offsetTop + point.y * this.element.offsetHeight - this.stage.clientHeight / 2,
    });
  }

  private hold({ at, clientX, clientY }: Held): void {
    const box = this.element.getBoundingClientRect();
    this.moveByUs({
      left: this.stage.scrollLeft + box.left + at.x * box.width - clientX,
      top: this.stage.scrollTop + box.top + at.y * box.height - clientY,
    });
  }

  private heldAt(clientX: number, clientY: number): Held {
    const point = this.pointAt(clientX, clientY);
    return {
      at: { x: point.x / this.size.width, y: point.y / this.size.height },
      clientX,
      clientY,
    };
  }

  private middleOfStage(): Held {
    const box = this.stage.getBoundingClientRect();
    return this.heldAt(
      box.left + this.stage.clientWidth / 2,
      box.top + this.stage.clientHeight / 2,
    );
  }

  private moveByUs(to: { left: number; top: number }): void {
    this.isMovedByUs = true;
    this.stage.scrollTo(to);
    requestAnimationFrame(() => requestAnimationFrame(() => (this.isMovedByUs = false)));
  }

  private middle(): Point {
    const area = this.area();
    return area ? center(area) : { x: 0.5, y: 0.5 };
  }

  private moved(): void {
    if (this.isMovedByUs || this.zoom <= 1 || this.isFittedToWidth) return;
    this.showFrame(null);
    this.settleSoon();
  }

  private settleSoon(): void {
    clearTimeout(this.settledTimer);
    this.settledTimer = window.setTimeout(() => this.onMoved(), SETTLED_MS);
  }

  private resized(): void {
    if (!this.pages) return;
    const kept = this.frame;
    const middle = this.middle();
    if (kept) this.zoom = zoomOfArea(kept, this.room, this.size);
    else if (this.isWide) this.zoom = this.zoomOfPerson(this.size);
    this.lay();
    this.scrollTo(kept ? center(kept) : middle);
    this.repaintSoon();
  }

  private repaintSoon(): void {
    clearTimeout(this.repaintTimer);
    this.repaintTimer = window.setTimeout(() => void this.repaint(), REPAINT_MS);
  }

  private async repaint(): Promise<void> {
    // Drawing the old page larger would break off the drawing of the new one.
    if (this.underWay) return this.repaintSoon();
    const pages = this.pages;
    if (!pages) return;
    const work = this.work;
    try {
      const { canvas, text } = await pages.paint(
        this.number,
        scaleOfWhole(this.room, this.size) * this.zoom,
      );
      if (work === this.work) this.put(canvas, text);
    } catch (problem) {
      if (!(problem instanceof Cancelled)) throw problem;
    }
  }

  private showFrame(area: Area | null): void {
    this.frame = area;
    this.frameShape.setAttribute("d", frameAround(area, this.size));
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.setZoom(
      this.zoom * Math.exp(-event.deltaY / 300),
      this.heldAt(event.clientX, event.clientY),
    );
  }
}
