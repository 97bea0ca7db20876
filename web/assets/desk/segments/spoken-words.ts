/** The words of the lines with the seconds at which they were said: fetched for the lines that are
 * near the window or heard, once for many of them. */

import { Refusal, request } from "../../base/http";
import type { WordsAnswer } from "../server";
import type { SegmentModel } from "./segment-model";
import { type PlacedWord, placed } from "./word-places";

const TOGETHER_MS = 150;
/** Lines further apart are asked for one after the other. */
const LONGEST_GAP_SECONDS = 120;
/** How far is looked ahead for the next word. */
const AHEAD_SECONDS = 300;
const LEAD_SECONDS = 0.6;
const NONE_AFTER = "この先に、聞き取りに自信のない言葉はありません。";
const NONE_BEFORE = "この前に、聞き取りに自信のない言葉はありません。";
const NOT_KNOWN = "言葉ごとの自信はまだ調べていません。文字にする作業がすべて終わると使えます。";
const NO_ANSWER = "サーバーに聞けないため、自信のない言葉を探せません。";

interface Unsure {
  line: SegmentModel;
  word: PlacedWord;
}

export class SpokenWords {
  private readonly wanted = new Set<SegmentModel>();
  private timer = 0;

  constructor(
    private readonly path: string,
    private readonly lines: readonly SegmentModel[],
  ) {}

  /** The line has come near, or its text is another than its words say. */
  want(line: SegmentModel): void {
    if (isFresh(line)) return;
    this.wanted.add(line);
    this.timer ||= window.setTimeout(() => void this.fetchWanted(), TOGETHER_MS);
  }

  /** After the machine told when the words were said. */
  forget(): void {
    for (const line of this.lines) line.words = null;
  }

  /** The next word in an unconfirmed line that the machine was not sure of, after `place`; or why
   * there is none. */
  async nextUnsure(from: SegmentModel, place: number): Promise<Unsure | string> {
    const first = Math.max(0, this.lines.indexOf(from));
    for (const line of this.lines.slice(first)) {
      if (line.wantsConfirmed) continue;
      if (!line.words && !(await this.fetchFrom(line.segment.start_seconds))) return NO_ANSWER;
      const after = line === from ? place : 0;
      const word = unsureIn(line).find((one) => one.start >= after);
      if (word) return { line, word };
    }
    return this.areKnown() ? NONE_AFTER : NOT_KNOWN;
  }

  /** The last one that was unsure before `place`. */
  async previousUnsure(until: SegmentModel, place: number): Promise<Unsure | string> {
    const last = this.lines.indexOf(until);
    for (const line of this.lines.slice(0, last + 1).reverse()) {
      if (line.wantsConfirmed) continue;
      const from = line.segment.start_seconds - AHEAD_SECONDS + 1;
      if (!line.words && !(await this.fetchFrom(from))) return NO_ANSWER;
      const before = line === until ? place : Infinity;
      const word = unsureIn(line).findLast((one) => one.end <= before);
      if (word) return { line, word };
    }
    return this.areKnown() ? NONE_BEFORE : NOT_KNOWN;
  }

  private areKnown(): boolean {
    return this.lines.some((line) => line.words?.words.length);
  }

  private async fetchWanted(): Promise<void> {
    this.timer = 0;
    const at = (line: SegmentModel): number => line.segment.start_seconds;
    const lines = [...this.wanted].sort((one, other) => at(one) - at(other));
    this.wanted.clear();
    while (lines.length) {
      const gap = lines.findIndex(
        (line, n) => n > 0 && at(line) - at(lines[n - 1]!) > LONGEST_GAP_SECONDS,
      );
      const group = lines.splice(0, gap < 0 ? lines.length : gap);
      await this.fetch(at(group[0]!), at(group.at(-1)!) + 0.01);
    }
  }

  private async fetchFrom(seconds: number): Promise<boolean> {
    return this.fetch(Math.max(0, seconds), Math.max(1, seconds + AHEAD_SECONDS));
  }

  /** Whether the server answered. Words only help: without the network the page tells so where it
   * matters. */
  private async fetch(start: number, end: number): Promise<boolean> {
    const lines = new Map(this.lines.map((line) => [line.id, line]));
    try {
      const path = `${this.path}/words?start=${start}&end=${end}`;
      const { segments } = await request<WordsAnswer>("GET", path);
      for (const { segment_id: id, revision, words } of segments)
        lines.get(id)?.takeWords(words, revision);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return false;
    }
    return true;
  }
}

/** Where to begin to listen so that the word at this place is heard with what leads to it. */
export function secondsBefore(line: SegmentModel, place: number): number {
  const { start_seconds: start } = line.segment;
  const word = wordsOf(line).findLast((one) => one.start <= place);
  return word ? Math.max(start, word.seconds - LEAD_SECONDS) : start;
}

function unsureIn(line: SegmentModel): PlacedWord[] {
  return wordsOf(line).filter((word) => word.isUnsure);
}

function wordsOf({ words, text }: SegmentModel): PlacedWord[] {
  return words ? placed(words, text) : [];
}

function isFresh({ words, segment }: SegmentModel): boolean {
  return words !== null && (!words.words.length || words.text === segment.text);
}
