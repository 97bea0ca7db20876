import { beforeEach, expect, test, vi } from "vitest";
import { apart, between, listenToPinch } from "./pinch";

const finger = (clientX: number, clientY: number) => ({ clientX, clientY });
const listeners = new Map<string, (event: object) => void>();
const stage = {
  addEventListener: (kind: string, listener: (event: object) => void) =>
    listeners.set(kind, listener),
} as unknown as HTMLElement;
const begin = vi.fn();
const move = vi.fn();
const touch = (kind: string, ...touches: object[]) =>
  listeners.get(kind)!({ touches, cancelable: false });

beforeEach(() => {
  listeners.clear();
  begin.mockReset().mockReturnValue({ zoom: 2, at: { x: 0.25, y: 0.5 } });
  move.mockReset();
  listenToPinch(stage, { begin, move });
});

test("the middle and the distance of two fingers", () => {
  expect(between([finger(10, 20), finger(30, 60)])).toEqual({ x: 20, y: 40 });
  expect(apart([finger(0, 0), finger(30, 40)])).toBe(50);
});

test("fingers twice as far apart show twice as much, and what they touched stays below them", () => {
  touch("touchstart", finger(100, 100), finger(200, 100));
  touch("touchmove", finger(50, 120), finger(250, 120));
  expect(begin).toHaveBeenCalledWith({ x: 150, y: 100 });
  expect(move).toHaveBeenCalledWith(4, { x: 0.25, y: 0.5 }, { x: 150, y: 120 });
});

test("one finger, three fingers and a lifted one move nothing", () => {
  touch("touchstart", finger(0, 0));
  touch("touchstart", finger(0, 0), finger(9, 9), finger(5, 5));
  expect(begin).not.toHaveBeenCalled();
  touch("touchstart", finger(0, 0), finger(100, 0));
  touch("touchend");
  touch("touchmove", finger(0, 0), finger(200, 0));
  expect(move).not.toHaveBeenCalled();
});

test("where fingers may not move the page they do not", () => {
  begin.mockReturnValue(null);
  touch("touchstart", finger(0, 0), finger(100, 0));
  touch("touchmove", finger(0, 0), finger(200, 0));
  expect(move).not.toHaveBeenCalled();
});
