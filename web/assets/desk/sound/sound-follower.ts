/** The page goes along with the sound, and the sound with the hands. */

import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { SpokenWords } from "../segments/spoken-words";
import type { PagePanel } from "../side/page-panel";
import type { Player } from "./player";

const LATE_SECONDS = 0.3;

export class SoundFollower {
  private heard: SegmentModel | null = null;

  constructor(
    page: PageContext,
    private readonly list: SegmentList,
    private readonly player: Player,
    private readonly words: SpokenWords,
    private readonly panel: PagePanel,
  ) {
    player.moved.listen((seconds) => this.show(seconds));
    page.entered.listen((line) => this.enter(line));
    page.typed.listen(() => player.typing());
  }

  /** From the beginning of this segment. */
  hear({ segment: { start_seconds: start } }: SegmentModel): void {
    this.player.playFrom(start);
    this.show(start);
  }

  /** The sound follows the hands, unless it is at this segment anyway. */
  private enter({ segment }: SegmentModel): void {
    const { start_seconds: start, end_seconds: end } = segment;
    const isThere = this.player.seconds >= start - LATE_SECONDS && this.player.seconds < end;
    if (!isThere) this.player.seek(start);
    this.panel.show(segment);
  }

  private show(seconds: number): void {
    const now = this.list.at(seconds + 0.05);
    const isFollowed = this.player.isFollowed || !document.activeElement?.closest(".segment");
    const isNew = now !== this.heard;
    this.heard = now;
    this.list.setHeard(now, seconds);
    if (!now || !isNew) return;
    this.words.want(now);
    this.panel.show(now.segment);
    if (isFollowed) this.list.reveal(now);
  }
}
