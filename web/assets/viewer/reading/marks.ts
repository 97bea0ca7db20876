/** Where words stand in the text that lies over a page's picture. */

import { folded } from "../../base/letters";

interface Letter {
  node: Text;
  start: number;
  end: number;
}

/** A range for every place where one of the words stands, whatever the width and case of its
 * letters and wherever a line or a piece of text ends within it. */
export function rangesOf(layer: HTMLElement, words: string[]): Range[] {
  const letters: Letter[] = [];
  const text = lettersOf(layer, letters);
  return words
    .map(folded)
    .filter(Boolean)
    .flatMap((word) =>
      placesOf(text, word).map((place) => rangeOf(letters, place, place + word.length)),
    );
}

/** The folded text of the layer; `letters` gets, for each unit of it, where it stands. */
function lettersOf(layer: HTMLElement, letters: Letter[]): string {
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    let start = 0;
    for (const letter of node.data) {
      const end = start + letter.length;
      for (const unit of folded(letter).split("")) {
        text += unit;
        letters.push({ node, start, end });
      }
      start = end;
    }
  }
  return text;
}

function placesOf(text: string, word: string): number[] {
  const places: number[] = [];
  for (let place = text.indexOf(word); place >= 0; place = text.indexOf(word, place + word.length))
    places.push(place);
  return places;
}

function rangeOf(letters: Letter[], from: number, to: number): Range {
  const [first, last] = [letters[from]!, letters[to - 1]!];
  const range = document.createRange();
  range.setStart(first.node, first.start);
  range.setEnd(last.node, last.end);
  return range;
}
