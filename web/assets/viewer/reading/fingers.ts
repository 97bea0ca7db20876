/** What one finger, a mouse or a pen means on the stage: a tap, or a swipe across.
 *
 * Two fingers move and enlarge the page (`sheet.ts`) and mean nothing here, from the moment the
 * second one comes until all are lifted.
 */

import { isControl } from "../../base/elements";

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

/** What a movement of so many pixels across and down means: a tap, a swipe on (1) or back (-1), or
 * neither. */
export function meaningOf(across: number, down: number): "tap" | 1 | -1 | null {
  const [wide, high] = [Math.abs(across), Math.abs(down)];
  if (wide < TAP_PIXELS && high < TAP_PIXELS) return "tap";
  if (wide <= SWIPE_PIXELS || wide <= 2 * high) return null;
  return across < 0 ? 1 : -1;
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
    const meaning = meaningOf(x - from.x, y - from.y);
    if (meaning === "tap") return listener.onTap(x);
    if (meaning === null || !isFinger) return;
    if (!(meaning > 0 ? from.goesOn.right : from.goesOn.left)) listener.onSwipe(meaning);
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
