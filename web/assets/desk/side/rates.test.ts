import { expect, test } from "vitest";
import { percent, rateOf, withRate } from "./rates";

const COUNTS = { total: 279, wrong: 5, missing: 2, added: 9, fillers: 0 };

test("wrong and missing letters count against the rate, added ones do not", () => {
  expect(rateOf(COUNTS)).toBe("97.5 %");
});

test("the rate is said as the city reports it", () => {
  expect(withRate(COUNTS)).toBe("279字中272字を正しく変換（97.5 %）");
});

test("of no letters there is no rate", () => {
  expect(rateOf({ ...COUNTS, total: 0 })).toBe("—");
  expect(percent(null)).toBe("—");
});
