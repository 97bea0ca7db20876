/** Two fingers: the points of the page that they touch stay under them. Touch events, not pointer
 * events: the browser keeps scrolling with one finger for itself. */

import type { Point } from "./geometry";

export interface PinchListener {
  /** The zoom now, and the point of the page under the middle of the fingers; null where they may
   * not move it. */
  begin(middle: Point): { zoom: number; at: Point } | null;
  /** That point belongs under the middle of the fingers, at another zoom. */
  move(zoom: number, at: Point, middle: Point): void;
}

interface Finger {
  clientX: number;
  clientY: number;
}

type TwoFingers = readonly [Finger, Finger];

export function listenToPinch(stage: HTMLElement, listener: PinchListener): void {
  let begun: { zoom: number; at: Point; distance: number } | null = null;
  stage.addEventListener(
    "touchstart",
    ({ touches }) => {
      const fingers = two(touches);
      const found = fingers && listener.begin(between(fingers));
      begun = found && { ...found, distance: apart(fingers) };
    },
    { passive: true },
  );
  stage.addEventListener(
    "touchmove",
    (event) => {
      const fingers = two(event.touches);
      if (!begun || !fingers) return;
      if (event.cancelable) event.preventDefault();
      const zoom = (begun.zoom * apart(fingers)) / begun.distance;
      listener.move(zoom, begun.at, between(fingers));
    },
    { passive: false },
  );
  for (const end of ["touchend", "touchcancel"])
    stage.addEventListener(end, () => (begun = null), { passive: true });
}

/** The middle of two fingers on the screen. */
export function between([one, two]: TwoFingers): Point {
  return { x: (one.clientX + two.clientX) / 2, y: (one.clientY + two.clientY) / 2 };
}

/** Their distance in pixels. */
export function apart([one, two]: TwoFingers): number {
  return Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
}

function two(touches: TouchList): TwoFingers | null {
  const [one, other] = touches;
  return touches.length === 2 && one && other ? [one, other] : null;
}
