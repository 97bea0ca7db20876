/** From segment to segment: the one beside, the next doubtful one, the one that is heard. */

import { inField } from "../../base/text-places";
import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import { type SpokenWords, secondsBefore } from "../segments/spoken-words";
import type { PlacedWord } from "../segments/word-places";
import type { Player } from "../sound/player";
import { type Doubtful, DoubtQueue } from "./doubt-queue";
import { UnconfirmedSegments } from "./unconfirmed-segments";

export class Navigation {
  readonly queue: DoubtQueue;
  readonly unconfirmed: UnconfirmedSegments;

  constructor(
    private readonly page: PageContext,
    private readonly list: SegmentList,
    private readonly player: Player,
    private readonly words: SpokenWords,
  ) {
    this.queue = new DoubtQueue(list.lines, (place) => this.visit(place));
    this.unconfirmed = new UnconfirmedSegments(list, (sentence) => page.say(sentence));
    page.counted.listen(() => {
      this.queue.refresh();
      this.unconfirmed.refresh();
    });
  }

  /** To the next one (1) or the one before (-1). */
  move(way: number): void {
    this.queue.leave();
    const next = this.list.beside(this.list.current, way);
    if (next) this.list.open(next);
  }

  nextDoubtful(way: number): void {
    this.queue.next(way, this.list.current);
  }

  async nextUnsure(way: number): Promise<void> {
    const line = this.list.current ?? this.list.lines[0];
    if (!line) return;
    const text = this.list.held ? this.list.rowOf(line)?.text : null;
    const found =
      way > 0
        ? await this.words.nextUnsure(line, text?.selectionEnd ?? 0)
        : await this.words.previousUnsure(line, text?.selectionStart ?? 0);
    if (typeof found === "string") this.page.say(found);
    else this.listenTo(found.line, found.word);
  }

  /** To this second, or to the one that is heard now. */
  goToSecond(seconds: number | null): void {
    const at = seconds ?? this.player.seconds;
    const line = this.list.at(at) ?? this.list.lines[0];
    if (line) this.list.open(line, "center");
    if (seconds !== null) this.player.seek(seconds);
  }

  /** After a decision at this place of the queue. Its end says what it does not know. */
  goOnInQueue(place: number): void {
    const { rest } = this.unconfirmed;
    const key = this.page.keys.shownOf("unconfirmed");
    if (!this.queue.isEmpty) this.queue.goOn(place);
    else if (rest) this.page.say(`疑わしい箇所は終わりました。${rest}次の未確認へは${key}。`);
    else this.page.say("疑わしい箇所は終わりました。すべての発話が確認済みです。");
  }

  /** The word selected, so that typing replaces it, and the sound a little before it. */
  private listenTo(line: SegmentModel, word: PlacedWord): void {
    this.list.open(line, "center").text.setSelectionRange(word.start, word.end);
    this.player.playFrom(secondsBefore(line, word.start));
  }

  /** With the sound playing already, and the words in question selected. */
  private visit({ line, proposal }: Doubtful): void {
    const row = this.list.open(line, "center");
    if (proposal) {
      const words = proposal.was_changed ? proposal.after : proposal.before;
      const start = inField(line.segment.text, proposal.start);
      row.text.setSelectionRange(start, start + words.length);
    }
    this.player.playFrom(line.segment.start_seconds);
  }
}
