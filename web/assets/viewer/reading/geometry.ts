/** How large a page is drawn on the stage, and which part of it is seen.
 *
 * An area is `[left, top, width, height]` in parts of the page, so it means the same on a
 * portrait tablet and on a wide screen: the area is fitted whole, more of the page may be seen.
 */

export type Area = [left: number, top: number, width: number, height: number];

/** Of a page in points, of the stage in pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

const LARGEST_ZOOM = 8;
const MARGIN = 8;

/** Pixels for a point of the page that is shown whole. */
export function scaleOfWhole(stage: Size, page: Size): number {
  const width = (stage.width - 2 * MARGIN) / page.width;
  const height = (stage.height - 2 * MARGIN) / page.height;
  return Math.max(0.01, Math.min(width, height));
}

/** The zoom at which the area fills the stage; 1 is the whole page. */
export function zoomOfArea([, , width, height]: Area, stage: Size, page: Size): number {
  const scale = Math.min(stage.width / (width * page.width), stage.height / (height * page.height));
  return within(scale / scaleOfWhole(stage, page));
}

/** The zoom at which the page is as wide as the stage. */
export function zoomOfWidth(stage: Size, page: Size): number {
  return Math.max(1, (stage.width - 2 * MARGIN) / page.width / scaleOfWhole(stage, page));
}

/** Not smaller than the whole page, and not larger than can be drawn. */
export function within(zoom: number): number {
  return Math.min(Math.max(1, zoom), LARGEST_ZOOM);
}

export function center([left, top, width, height]: Area): Point {
  return { x: left + width / 2, y: top + height / 2 };
}

/** What darkens the page around the area, as a path in its points; empty where there is none. */
export function frameAround(area: Area | null, { width, height }: Size): string {
  if (!area) return "";
  const [left, top, wide, high] = area;
  const inner = `M${left * width} ${top * height}h${wide * width}v${high * height}h${-wide * width}z`;
  return `M0 0H${width}V${height}H0z${inner}`;
}
