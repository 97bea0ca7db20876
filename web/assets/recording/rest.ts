/** What is left of a recording, as it is sent. */

import type { Piece } from "./pieces";

/** The pieces that go in one request, without what the server has of the first one (`offset`), and
 * not more than `most` bytes unless the first alone is larger; and the last of them. */
export function together(
  pieces: Piece[],
  offset: number,
  most: number,
): { parts: ArrayBuffer[]; last: Piece } {
  const first = pieces[0]!;
  const parts = [first.content.slice(offset - first.start)];
  let [bytes, last] = [parts[0]!.byteLength, first];
  for (const piece of pieces.slice(1)) {
    if (bytes + piece.content.byteLength > most) break;
    parts.push(piece.content);
    bytes += piece.content.byteLength;
    last = piece;
  }
  return { parts, last };
}

/** The head, and what comes from `from` on, as the pieces of another recording. */
export function renumbered(
  recording: string,
  head: ArrayBuffer,
  left: Piece[],
  from: number,
): Piece[] {
  const rest: Piece[] = [{ recording, number: 0, start: 0, content: head, seconds: 0 }];
  let start = head.byteLength;
  for (const piece of left) {
    const content = piece.content.slice(Math.max(0, from - piece.start));
    if (piece.start + piece.content.byteLength <= from) continue;
    rest.push({ recording, number: rest.length, start, content, seconds: piece.seconds });
    start += content.byteLength;
  }
  return rest;
}
