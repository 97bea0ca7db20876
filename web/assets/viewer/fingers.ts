/** What one finger, a mouse or a pen means on the stage: a tap, or a swipe across.
 *
 * Two fingers move and enlarge the page (`sheet.ts`) and mean nothing here, from the moment the
 * second one comes until all are lifted.
 */

import { isControl } from "../base/elements";

const SWIPE_PIXELS = 60;
const TAP_PIXELS = 10;

export interface FingerListener {
  onTap(clientX: number): void;
  /** 1: to the left, as one leafs on; -1: to the right. */
  onSwipe(direction: -1 | 1): void;
  /** Whether the page can still be scrolled that way, so that a swipe does that. */
  goesOn(direction: -1 | 1): boolean;
}

interface Start {
  x: number;
  y: number;
  goesOn: { left: boolean; right: boolean };
}

export function listenToFingers(stage: HTMLElement, listener: FingerListener): void {
  let start: Start | null = null;
  const begin = (x: number, y: number): Start => ({
    x,
    y,
    goesOn: { left: listener.goesOn(-1), right: listener.goesOn(1) },
  });

  const end = (x: number, y: number, isFinger: boolean) => {
    const from = start;
    start = null;
    if (!from || getSelection()?.toString()) return;
    const [dx, dy] = [x - from.x, y - from.y];
    if (Math.abs(dx) < TAP_PIXELS && Math.abs(dy) < TAP_PIXELS) return listener.onTap(x);
    const isSwipe = isFinger && Math.abs(dx) > SWIPE_PIXELS && Math.abs(dx) > 2 * Math.abs(dy);
    if (isSwipe && !(dx < 0 ? from.goesOn.right : from.goesOn.left))
      listener.onSwipe(dx < 0 ? 1 : -1);
  };

  // Touch events go on while the browser scrolls; pointer events end there.
  stage.addEventListener(
    "touchstart",
    ({ touches, target }) => {
      const [one] = touches;
      start =
        touches.length === 1 && one && !isControl(target) ? begin(one.clientX, one.clientY) : null;
    },
    { passive: true },
  );
  stage.addEventListener(
    "touchend",
    ({ changedTouches, touches }) => {
      const [one] = changedTouches;
      if (one && touches.length === 0) end(one.clientX, one.clientY, true);
    },
    { passive: true },
  );
  stage.addEventListener("touchcancel", () => (start = null), { passive: true });

  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch")
      start =
        event.isPrimary && !isControl(event.target) ? begin(event.clientX, event.clientY) : null;
  });
  stage.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "touch")
      end(event.clientX, event.clientY, event.pointerType === "pen");
  });
}
