/** What a person decides: that a segment is right, and what becomes of a proposal. */

import { ask } from "../../base/dialog";
import { request } from "../../base/http";
import { position } from "../../base/times";
import type { PageContext } from "../page-context";
import type { Decision } from "../segments/proposals";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { SegmentsChanged } from "../server";
import { CONFIRMATIONS } from "../undo/bulk-acts";
import type { UndoRecorder } from "../undo/undo-recorder";
import type { Navigation } from "./navigation";

export class Decisions {
  constructor(
    private readonly page: PageContext,
    private readonly list: SegmentList,
    private readonly navigation: Navigation,
    private readonly recorder: UndoRecorder,
  ) {}

  confirmAndGoOn(): void {
    const now = this.list.current;
    if (!now) return;
    const { queue } = this.navigation;
    const place = queue.current?.line === now ? queue.place : -1;
    now.setConfirmed(true);
    this.page.counted.send();
    if (place >= 0) this.navigation.goOnInQueue(place);
    else this.navigation.move(1);
  }

  /** Once asked: whoever has listened to all of it need not tick every line. */
  async confirmUntilHere(): Promise<void> {
    const here = this.list.current;
    if (!here) return;
    await here.sync();
    const until = this.list.lines.slice(0, this.list.placeOf(here) + 1);
    const open = until.filter((line) => !line.wantsConfirmed && !line.isUnsaved && !line.isGone);
    const [first] = open;
    if (!first) return this.page.say("ここまでに、未確認の発話はありません。");
    const span = `${position(first.segment.start_seconds)}から${position(here.segment.end_seconds)}まで`;
    const question = `${span}の、未確認の${open.length}発話を確認済みにします。聞いて確かめた範囲だけにしてください。よろしいですか。`;
    ask(question, "確認済みにする", () => void this.page.attempt(() => this.confirmAll(open)));
  }

  /** Of the proposal where one is in the queue, else of the first one in the segment. */
  async decide(decision: Decision): Promise<void> {
    const { queue } = this.navigation;
    const here = queue.current;
    const line = this.list.current;
    const isInQueue = here !== null && here.line === line;
    const proposal = isInQueue ? here.proposal : (line?.segment.proposals[0] ?? null);
    if (!line || !proposal) return this.page.say("この発話に、決める修正候補はありません。");
    const { place } = queue;
    await line.settle(proposal, decision);
    if (line.segment.proposals.some((open) => open.id === proposal.id)) return; // not taken
    this.page.counted.send();
    if (isInQueue) this.navigation.goOnInQueue(place);
  }

  private async confirmAll(lines: SegmentModel[]): Promise<void> {
    const confirmations = lines.map(({ id }) => ({ segment_id: id, now: false, then: true }));
    const path = `${this.page.path}/confirmations`;
    const { segments } = await request<SegmentsChanged>("PUT", path, { confirmations });
    this.recorder.took(CONFIRMATIONS, `${segments.length}発話の確認済みの印`, segments);
    this.list.changed();
    this.page.sayDone(`${segments.length}発話を確認済みにしました。`);
  }
}
