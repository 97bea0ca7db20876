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

type Touched = Pick<Touch, "clientX" | "clientY">;

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
  const way = new FingerWay(listener);
  // Touch events go on while the browser scrolls; pointer events end there.
  listenToTouches(stage, way);
  stage.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") return;
    if (event.isPrimary && !isControl(event.target)) way.begin(event);
    else way.breakOff();
  });
  stage.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "touch") way.end(event, event.pointerType === "pen");
  });
}

function listenToTouches(stage: HTMLElement, way: FingerWay): void {
  const passive = { passive: true };
  const begin = ({ touches, target }: TouchEvent): void => {
    const [one] = touches;
    if (one && touches.length === 1 && !isControl(target)) way.begin(one);
    else way.breakOff();
  };
  const end = ({ changedTouches, touches }: TouchEvent): void => {
    const [one] = changedTouches;
    if (one && touches.length === 0) way.end(one, true);
  };
  stage.addEventListener("touchstart", begin, passive);
  stage.addEventListener("touchend", end, passive);
  stage.addEventListener("touchcancel", () => way.breakOff(), passive);
}

/** From where a finger touches the stage to where it is lifted. */
class FingerWay {
  private start: Start | null = null;

  constructor(private readonly listener: FingerListener) {}

  begin({ clientX: x, clientY: y }: Touched): void {
    const goesOn = { left: this.listener.goesOn(-1), right: this.listener.goesOn(1) };
    this.start = { x, y, goesOn };
  }

  breakOff(): void {
    this.start = null;
  }

  end({ clientX: x, clientY: y }: Touched, isFinger: boolean): void {
    const { start: from, listener } = this;
    this.start = null;
    if (!from || getSelection()?.toString()) return;
    const meaning = meaningOf(x - from.x, y - from.y);
    if (meaning === "tap") return listener.onTap(x);
    if (meaning === null || !isFinger) return;
    if (!(meaning > 0 ? from.goesOn.right : from.goesOn.left)) listener.onSwipe(meaning);
  }
}
