import { expect, test } from "vitest";
import {
  type Area,
  center,
  frameAround,
  scaleOfWhole,
  within,
  zoomOfArea,
  zoomOfWidth,
} from "./geometry";

const A4 = { width: 600, height: 840 };
const WIDE = { width: 1216, height: 856 };

test("a whole page leaves a margin at the side that is the narrower one", () => {
  expect(scaleOfWhole(WIDE, A4)).toBe(1);
  expect(scaleOfWhole({ width: 316, height: 2000 }, A4)).toBe(0.5);
  expect(scaleOfWhole({ width: 0, height: 0 }, A4)).toBe(0.01);
});

test("an area is shown whole, as large as it can be", () => {
  const half: Area = [0, 0, 0.5, 0.5];
  const zoom = zoomOfArea(half, WIDE, A4);
  expect(zoom * 0.5 * A4.height).toBeCloseTo(WIDE.height);
  expect(zoom * 0.5 * A4.width).toBeLessThanOrEqual(WIDE.width);
});

test("nothing is drawn smaller than the whole page or more than eight times as large", () => {
  expect(zoomOfArea([0, 0, 1, 1.5], WIDE, A4)).toBe(1);
  expect(zoomOfArea([0, 0, 0.01, 0.01], WIDE, A4)).toBe(8);
  expect([within(0.3), within(3), within(30)]).toEqual([1, 3, 8]);
});

test("as wide as the stage a page is never smaller than whole", () => {
  expect(zoomOfWidth(WIDE, A4)).toBe(2);
  expect(zoomOfWidth({ width: 316, height: 2000 }, A4)).toBe(1);
});

test("the middle of an area is in parts of the page", () => {
  expect(center([0.5, 0, 0.5, 0.5])).toEqual({ x: 0.75, y: 0.25 });
});

test("the frame darkens the page but for the area", () => {
  expect(frameAround([0.5, 0, 0.5, 0.5], { width: 600, height: 800 })).toBe(
    "M0 0H600V800H0zM300 0h300v400h-300z",
  );
  expect(frameAround(null, A4)).toBe("");
});
