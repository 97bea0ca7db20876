/** One page on the stage: fitted, zoomed, scrolled, with layers over it.
 *
 * An area is `[left, top, width, height]` in parts of the page, so it means the same on a
 * portrait tablet and on a wide screen: the area is fitted whole, more of the page may be seen.
 */

import { svg, make } from "./dom";
import { Cancelled, dropCanvas, type Pages } from "./pages";

export type Area = [left: number, top: number, width: number, height: number];

export interface Size {
  width: number;
  height: number;
}

const LARGEST_ZOOM = 8;
const MARGIN = 8;
const REPAINT_MS = 150;
const SETTLED_MS = 180;

export class Sheet {
  readonly element = make("div", "sheet");
  /** In points of the page: memos and frames keep their place at every zoom. */
  readonly drawing = svg("svg", { class: "sheet-drawing", "aria-hidden": "true" });
  readonly chips = make("div", "sheet-chips");
  size: Size = { width: 1, height: 1 };
  number = 0;
  zoom = 1;
  /** The person zoomed or moved the page. */
  onMoved: () => void = () => undefined;
  private pages: Pages | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private text: HTMLElement | null = null;
  private frame: Area | null = null;
  private work = 0;
  private repaintTimer = 0;
  private settledTimer = 0;
  private isMovedByUs = false;
  private readonly spot = make("div", "sheet-pointer");
  private readonly mark = make("div", "sheet-watermark");
  private readonly frameShape = svg("path", { class: "sheet-frame" });

  constructor(readonly stage: HTMLElement) {
    this.spot.hidden = true;
    this.mark.hidden = true;
    this.element.append(this.drawing, this.mark, this.chips, this.spot);
    this.drawing.append(this.frameShape);
    stage.addEventListener("scroll", () => this.moved(), { passive: true });
    this.listenToPinch();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.resized()).observe(stage);
  }

  /** Draw page `number`, whole or with `area` as large as fits. Throws Cancelled when another
   * page is asked for meanwhile. */
  async show(pages: Pages, number: number, area: Area | null): Promise<void> {
    const work = ++this.work;
    clearTimeout(this.repaintTimer);
    const size = await pages.size(number);
    if (work !== this.work) throw new Cancelled();
    const fit = this.fit(size);
    const zoom = area ? this.zoomFor(area, size) : 1;
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
    this.scrollTo(area ? center(area) : { x: 0.5, y: 0 });
  }

  clear(): void {
    this.work++;
    this.pages = null;
    this.number = 0;
  }

  /** The visible part; null when the page is shown whole. */
  area(): Area | null {
    if (this.zoom <= 1.01) return null;
    const width = this.element.offsetWidth;
    const height = this.element.offsetHeight;
    const left = Math.max(0, this.stage.scrollLeft - this.element.offsetLeft) / width;
    const top = Math.max(0, this.stage.scrollTop - this.element.offsetTop) / height;
    return [left, top, Math.min(1, this.stage.clientWidth / width), Math.min(1, this.stage.clientHeight / height)];
  }

  setZoom(zoom: number, around = this.middle()): void {
    if (!this.pages) return;
    const next = Math.min(Math.max(1, zoom), LARGEST_ZOOM);
    if (next === this.zoom) return;
    this.zoom = next;
    this.showFrame(null);
    this.lay();
    this.scrollTo(around);
    this.repaintSoon();
    this.settleSoon();
  }

  showPointer(x: number, y: number, isShown: boolean): void {
    this.spot.hidden = !isShown;
    this.spot.style.left = `${100 * x}%`;
    this.spot.style.top = `${100 * y}%`;
  }

  showWatermark(words: string): void {
    this.mark.hidden = !words;
    if (this.mark.dataset["words"] === words) return;
    this.mark.dataset["words"] = words;
    this.mark.replaceChildren(...Array.from({ length: 12 }, () => make("span", "", words)));
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
    dropCanvas(this.canvas);
    this.text?.remove();
    this.canvas = canvas;
    this.text = text;
    this.element.prepend(canvas, text);
  }

  private fit(size: Size): number {
    const room = { width: this.stage.clientWidth - 2 * MARGIN, height: this.stage.clientHeight - 2 * MARGIN };
    return Math.max(0.01, Math.min(room.width / size.width, room.height / size.height));
  }

  private zoomFor(area: Area, size: Size): number {
    const scale = Math.min(this.stage.clientWidth / (area[2] * size.width), this.stage.clientHeight / (area[3] * size.height));
    return Math.min(Math.max(1, scale / this.fit(size)), LARGEST_ZOOM);
  }

  private lay(): void {
    const scale = this.fit(this.size) * this.zoom;
    this.element.style.width = `${scale * this.size.width}px`;
    this.element.style.height = `${scale * this.size.height}px`;
    this.text?.style.setProperty("--total-scale-factor", String(scale));
    this.stage.classList.toggle("is-zoomed", this.zoom > 1);
  }

  /** Put a point of the page, in parts of it, into the middle of the stage. */
  private scrollTo(point: { x: number; y: number }): void {
    this.isMovedByUs = true;
    this.stage.scrollTo({
      left: this.element.offsetLeft + point.x * this.element.offsetWidth - this.stage.clientWidth / 2,
      top: this.element.offsetTop + point.y * this.element.offsetHeight - this.stage.clientHeight / 2,
    });
    requestAnimationFrame(() => requestAnimationFrame(() => (this.isMovedByUs = false)));
  }

  private middle(): { x: number; y: number } {
    const area = this.area();
    return area ? center(area) : { x: 0.5, y: 0.5 };
  }

  private moved(): void {
    if (this.isMovedByUs || this.zoom <= 1) return;
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
    if (kept) this.zoom = this.zoomFor(kept, this.size);
    this.lay();
    this.scrollTo(kept ? center(kept) : middle);
    this.repaintSoon();
  }

  private repaintSoon(): void {
    clearTimeout(this.repaintTimer);
    this.repaintTimer = window.setTimeout(() => void this.repaint(), REPAINT_MS);
  }

  private async repaint(): Promise<void> {
    const pages = this.pages;
    if (!pages) return;
    const work = this.work;
    try {
      const { canvas, text } = await pages.paint(this.number, this.fit(this.size) * this.zoom);
      if (work === this.work) this.put(canvas, text);
    } catch (problem) {
      if (!(problem instanceof Cancelled)) throw problem;
    }
  }

  private showFrame(area: Area | null): void {
    this.frame = area;
    const { width, height } = this.size;
    const [left, top, wide, high] = area ?? [0, 0, 1, 1];
    const inner = `M${left * width} ${top * height}h${wide * width}v${high * height}h${-wide * width}z`;
    this.frameShape.setAttribute("d", area ? `M0 0H${width}V${height}H0z${inner}` : "");
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const point = this.pointAt(event.clientX, event.clientY);
    this.setZoom(this.zoom * Math.exp(-event.deltaY / 300), { x: point.x / this.size.width, y: point.y / this.size.height });
  }

  /** Touch events, not pointer events: the browser keeps scrolling with one finger for itself. */
  private listenToPinch(): void {
    let distance = 0;
    let zoom = 1;
    this.stage.addEventListener("touchstart", (event) => {
      if (event.touches.length !== 2) return;
      distance = apart(event.touches);
      zoom = this.zoom;
    }, { passive: true });
    this.stage.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2 || distance === 0) return;
      event.preventDefault();
      const [one, two] = [event.touches[0]!, event.touches[1]!];
      const point = this.pointAt((one.clientX + two.clientX) / 2, (one.clientY + two.clientY) / 2);
      this.setZoom((zoom * apart(event.touches)) / distance, { x: point.x / this.size.width, y: point.y / this.size.height });
    }, { passive: false });
    this.stage.addEventListener("touchend", () => (distance = 0), { passive: true });
  }
}

function center(area: Area): { x: number; y: number } {
  return { x: area[0] + area[2] / 2, y: area[1] + area[3] / 2 };
}

function apart(touches: TouchList): number {
  const [one, two] = [touches[0]!, touches[1]!];
  return Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
}
