/** Where the words that the machine heard stand in a text that somebody goes on writing. */

import type { Word } from "../server";

/** The words of a text; none where it is not known when they were said. */
export interface TimedText {
  text: string;
  words: Word[];
}

/** A word in the text of a line. */
export interface PlacedWord {
  start: number;
  end: number;
  seconds: number;
  isUnsure: boolean;
}

/** Where each word stands in the text as it is by now: what was typed between the letters at its
 * beginning and at its end that are still the same is one word, said when the replaced ones were. */
export function placed({ text: known, words }: TimedText, text: string): PlacedWord[] {
  let kept = 0;
  while (kept < known.length && known[kept] === text[kept]) kept++;
  let tail = 0;
  const most = Math.min(known.length, text.length) - kept;
  while (tail < most && known.at(-1 - tail) === text.at(-1 - tail)) tail++;
  const moved = text.length - known.length;
  const found: PlacedWord[] = [];
  let typedAt: number | null = null;
  const add = (start: number, end: number, seconds: number, isUnsure: boolean): void => {
    const before = found.at(-1)?.end ?? 0;
    if (start > before)
      found.push({ start: before, end: start, seconds: typedAt ?? seconds, isUnsure: false });
    if (end > start) found.push({ start, end, seconds, isUnsure });
  };
  let end = 0;
  for (const { letters, seconds, is_unsure: isUnsure } of words) {
    const start = end;
    end += letters;
    if (end <= kept) add(start, end, seconds, isUnsure);
    else if (start >= known.length - tail) add(start + moved, end + moved, seconds, isUnsure);
    else typedAt ??= seconds;
  }
  add(text.length, text.length, found.at(-1)?.seconds ?? 0, false);
  return found;
}
