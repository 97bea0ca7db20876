import { expect, test } from "vitest";
import { headOf, lastStart } from "./container";

const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];
const letters = (word: string) => [...word].map((letter) => letter.charCodeAt(0));
const WEBM_HEAD = [0x1a, 0x45, 0xdf, 0xa3, 1, 2];
const WEBM = new Uint8Array([...WEBM_HEAD, ...CLUSTER, 9, 9, ...CLUSTER, 8]);
const MP4_HEAD = [0, 0, 0, 8, ...letters("ftyp")];
const MP4 = new Uint8Array([...MP4_HEAD, 0, 0, 0, 12, ...letters("moof"), 1, 2, 3, 4]);

test("the head is what stands before the first sound", () => {
  expect([...new Uint8Array(headOf(WEBM)!)]).toEqual(WEBM_HEAD);
  expect([...new Uint8Array(headOf(MP4)!)]).toEqual(MP4_HEAD);
});

test("there is no head before the first sound has come", () => {
  expect(headOf(new Uint8Array(WEBM_HEAD))).toBeNull();
});

test("sound is read by itself from the last beginning that is not past the limit", () => {
  const head = headOf(WEBM)!;
  expect(lastStart(head, WEBM, WEBM.length)).toBe(12);
  expect(lastStart(head, WEBM, 12)).toBe(12);
  expect(lastStart(head, WEBM, 11)).toBe(6);
  expect(lastStart(head, WEBM, 5)).toBeNull();
});
