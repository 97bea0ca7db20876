/** Letters that are the same to a reader are the same here, as in models/texts.py: of its table
 *  letters.json is written whenever the assets are built. */

import SAME from "./letters.json";

const table: Record<string, string> = SAME;
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]+/gu;
const HYPHENS = /(?<=[^ぁ-ゖァ-ヺー])ー+/gu;

export function folded(text: string): string {
  return withHyphens(lettersOf(text));
}

/** From where to where in the text, in UTF-16 as the browser counts, the folded words first stand. */
export function placeIn(text: string, words: string): [number, number] | null {
  const starts: number[] = [];
  const ends: number[] = [];
  let whole = "";
  for (const { segment, index } of new Intl.Segmenter("ja").segment(text)) {
    const letters = lettersOf(segment);
    whole += letters;
    for (let n = 0; n < letters.length; n++) {
      starts.push(index);
      ends.push(index + segment.length);
    }
  }
  const start = words ? withHyphens(whole).indexOf(words) : -1;
  return start < 0 ? null : [starts[start]!, ends[start + words.length - 1]!];
}

function lettersOf(text: string): string {
  const letters = [...text.normalize("NFKC").toLowerCase().normalize("NFKC")];
  const same = letters.map((letter) => table[letter] ?? letter).join("");
  return same.replace(UNSEEN, "").normalize("NFC");
}

function withHyphens(letters: string): string {
  return letters.replace(HYPHENS, (long) => "-".repeat(long.length));
}

/** The words that somebody looks for, folded. */
export function wordsOf(query: string): string[] {
  return query.split(/\s+/u).map(folded).filter(Boolean);
}
