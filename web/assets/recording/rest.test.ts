import { expect, test } from "vitest";
import type { Piece } from "./pieces";
import { renumbered, together } from "./rest";

const bytes = (...values: number[]) => new Uint8Array(values).buffer;
const read = (content: ArrayBuffer) => [...new Uint8Array(content)];
const piece = (number: number, start: number, ...content: number[]): Piece => ({
  recording: "old",
  number,
  start,
  content: bytes(...content),
  seconds: number + 1,
});
const PIECES = [piece(0, 0, 1, 2, 3), piece(1, 3, 4, 5), piece(2, 5, 6, 7)];

test("a request takes as many whole pieces as have room", () => {
  const { parts, last } = together(PIECES, 0, 5);
  expect(parts.map(read)).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  expect(last.number).toBe(1);
});

test("what the server has of the first piece is not sent again", () => {
  expect(together(PIECES, 2, 100).parts.map(read)).toEqual([[3], [4, 5], [6, 7]]);
});

test("a first piece that is larger goes alone", () => {
  expect(together(PIECES, 0, 1).parts.map(read)).toEqual([[1, 2, 3]]);
});

test("the rest is a recording of its own: the head, and every byte from that place on", () => {
  const rest = renumbered("new", bytes(9, 9), PIECES, 4);
  expect(rest.map(({ content }) => read(content))).toEqual([[9, 9], [5], [6, 7]]);
  expect(
    rest.map(({ recording, number, start, seconds }) => [recording, number, start, seconds]),
  ).toEqual([
    ["new", 0, 0, 0],
    ["new", 1, 2, 2],
    ["new", 2, 3, 3],
  ]);
});
