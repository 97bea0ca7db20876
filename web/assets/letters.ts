/** Letters that are the same to a reader are the same here, as in models/texts.py: of its table
 *  letters.json is written whenever the assets are built. */

import SAME from "./letters.json";

const table: Record<string, string> = SAME;
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]+/gu;
const HYPHENS = /(?<=[^ぁ-ゖァ-ヺー])ー+/gu;

export function folded(text: string): string {
  const letters = [...text.normalize("NFKC").toLowerCase().normalize("NFKC")];
  const same = letters.map((letter) => table[letter] ?? letter).join("");
  return same.replace(UNSEEN, "").normalize("NFC").replace(HYPHENS, (long) => "-".repeat(long.length));
}

/** The words that somebody looks for, folded. */
export function wordsOf(query: string): string[] {
  return query.split(/\s+/u).map(folded).filter(Boolean);
}
