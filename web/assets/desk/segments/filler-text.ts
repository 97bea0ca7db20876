/** A text with its fillers marked. */

import { make } from "../../base/elements";
import { inField } from "../../base/text-places";
import type { Segment } from "../server";

/** A piece of a text: a filler, with the pause that goes with it, or what stands between two. */
export interface TextPiece {
  words: string;
  isFiller: boolean;
}

/** The pieces of the text in their order; together they are the whole text. */
export function fillerPieces({ text, fillers }: Pick<Segment, "text" | "fillers">): TextPiece[] {
  const pieces: TextPiece[] = [];
  let place = 0;
  for (const { start: characters, words } of fillers) {
    const start = inField(text, characters);
    pieces.push({ words: text.slice(place, start), isFiller: false });
    pieces.push({ words, isFiller: true });
    place = start + words.length;
  }
  pieces.push({ words: text.slice(place), isFiller: false });
  return pieces.filter(({ words }) => words);
}

/** The text as it reads with its fillers faint; how they look, the page's style decides. */
export function showFillers(shown: HTMLElement, segment: Segment): void {
  shown.hidden = !segment.fillers.length;
  const pieces = fillerPieces(segment).map(({ words, isFiller }) =>
    isFiller ? make("span", { class: "filler" }, words) : words,
  );
  shown.replaceChildren(...pieces);
}
