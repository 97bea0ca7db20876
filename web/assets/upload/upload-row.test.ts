import { expect, test } from "vitest";
import { duration, megabytes } from "./upload-row";

test("sizes are told in MB, large ones in GB", () => {
  expect(megabytes(1_500_000)).toBe("1.5 MB");
  expect(megabytes(2_340_000_000)).toBe("2.34 GB");
});

test("what is left is told in seconds, minutes or hours, never too short", () => {
  expect([0.2, 59, 61, 3599].map(duration)).toEqual(["1秒", "59秒", "2分", "1時間0分"]);
  expect(duration(5400)).toBe("1時間30分");
});
