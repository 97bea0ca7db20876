/** What is drawn, as shapes in points of the page. */

import { getStroke } from "perfect-freehand";
import { svg } from "../../base/elements";
import type { Drawn, Memo, Point } from "./memo-store";

export const COLOURS: Record<string, { words: string; ink: string }> = {
  blue: { words: "青", ink: "#1d4e89" },
  red: { words: "赤", ink: "#c2371f" },
  black: { words: "黒", ink: "#1c2530" },
  green: { words: "緑", ink: "#1f7a4d" },
  yellow: { words: "黄", ink: "#e0a800" },
};
const ERASER_POINTS = 10;

/** One memo as a shape; for the list of those that lost their page too. */
export function pathOf(memo: { kind: string; content: unknown }): SVGPathElement {
  const path = svg("path");
  const drawn = memo.content as Drawn;
  const hasPressure = drawn.strokes.some((stroke) => stroke.some((point) => point[2] !== 0.5));
  shape(path, memo.kind === "marker", drawn, hasPressure);
  return path;
}

export function topOf(memo: Memo): number {
  return Math.min(...(memo.content as Drawn).strokes.flatMap((stroke) => stroke.map(([, y]) => y)));
}

export function nameBeside(memo: Memo): string {
  const who = memo.is_mine ? (memo.is_shared ? "全員に共有中" : "") : `${memo.author}さん`;
  const since = memo.outdated_version ? `第${memo.outdated_version}版から` : "";
  return [who, since].filter(Boolean).join("　");
}

export function shape(
  path: SVGPathElement,
  isMarker: boolean,
  drawn: Drawn,
  hasPressure: boolean,
): void {
  const ink = (COLOURS[drawn.colour] ?? COLOURS.blue!).ink;
  path.setAttribute("class", isMarker ? "memo-marker" : "memo-ink");
  path.setAttribute(isMarker ? "stroke" : "fill", ink);
  path.setAttribute(isMarker ? "fill" : "stroke", "none");
  if (isMarker) path.setAttribute("stroke-width", String(drawn.width));
  const options = {
    size: drawn.width,
    thinning: 0.5,
    smoothing: 0.5,
    streamline: 0.4,
    simulatePressure: !hasPressure,
  };
  path.setAttribute(
    "d",
    drawn.strokes
      .map((stroke) => (isMarker ? line(stroke) : outline(getStroke(stroke, options))))
      .join(""),
  );
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

export function isNear(memo: Memo, point: Point): boolean {
  if (memo.kind === "note") return false;
  const { strokes, width } = memo.content as Drawn;
  const reach = ERASER_POINTS + width / 2;
  return strokes.some((stroke) =>
    stroke.some(([x, y]) => Math.hypot(x - point[0], y - point[1]) < reach),
  );
}

export function rounded(point: Point): Point {
  return [round(point[0]), round(point[1]), round(point[2])];
}

export function round(number: number): number {
  return Math.round(number * 100) / 100;
}
