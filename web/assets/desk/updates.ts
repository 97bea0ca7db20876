/** The transcript as the server has it: all of it at first, then what others and the machine change
 * while the page is open. */

import { required } from "../base/elements";
import { request } from "../base/http";
import { asRefusal, type ErrorBanner } from "./error-banner";
import type { PageContext } from "./page-context";
import type { Saving } from "./saving";
import { orphans } from "./segments/local-drafts";
import type { SegmentList } from "./segments/segment-list";
import { SegmentModel } from "./segments/segment-model";
import type { SpokenWords } from "./segments/spoken-words";
import type { Changes, Other, Segment, Transcript, Work } from "./server";
import type { PagePanel } from "./side/page-panel";
import type { Player } from "./sound/player";
import { WorkLine } from "./work-line";

const POLL_MS = 3000;
const RETRY_MS = 5000;
const NOW_CLOSED =
  "会議録が承認されたため、いまは読むことだけができます。保存していない文は欄に残してあります。";
const NOW_OPEN = "会議録の新しい版ができたので、また直せます。";

/** The parts of the desk that learn of what is new. */
export interface UpdatedParts {
  readonly page: PageContext;
  readonly list: SegmentList;
  readonly player: Player;
  readonly panel: PagePanel;
  readonly words: SpokenWords;
  readonly saving: Saving;
  readonly banner: ErrorBanner;
}

export class TranscriptUpdates {
  private readonly work = new WorkLine();
  private readonly others = required<HTMLElement>("[data-others]");
  private readonly closed = required<HTMLElement>("[data-closed]");
  private readonly empty = required<HTMLElement>("[data-empty]");
  private readonly seat = Math.random().toString(36).slice(2);
  /** The newest segment, and the newest change of any. */
  private newest = 0;
  private latest = 0;

  constructor(private readonly desk: UpdatedParts) {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.lookAgain();
    });
    addEventListener("hashchange", () => this.goToNamed());
  }

  /** With the segments that came with the page, then with all of them. */
  begin(beginning: Transcript): void {
    this.desk.page.agendaItems = beginning.agenda_items;
    this.take(beginning, 0);
    void this.open();
  }

  private async open(): Promise<void> {
    try {
      await this.takeAll();
      this.showOrphans();
      this.goToNamed();
    } catch (problem) {
      this.desk.banner.tell(asRefusal(problem));
      setTimeout(() => void this.open(), RETRY_MS);
      return;
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  private async poll(): Promise<void> {
    try {
      if (!document.hidden) await this.takeChanges();
    } catch (problem) {
      this.desk.banner.tell(asRefusal(problem));
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  private async lookAgain(): Promise<void> {
    this.desk.saving.retry();
    try {
      await this.takeAll();
    } catch (problem) {
      this.desk.banner.tell(asRefusal(problem));
    }
  }

  private async takeAll(): Promise<void> {
    const { page, list } = this.desk;
    const askedAt = performance.now();
    const transcript = await request<Transcript>("GET", page.path);
    this.take(transcript, askedAt);
    const known = new Set(transcript.segments.map((segment) => segment.id));
    const isGone = (line: SegmentModel): boolean => !known.has(line.id) && line.takenAt < askedAt;
    this.forgetGone(new Set(list.lines.filter(isGone).map((line) => line.id)));
  }

  /** What others and the machine have done meanwhile, and where the others are. */
  private async takeChanges(): Promise<void> {
    const askedAt = performance.now();
    const wasWorking = this.work.isMoving && this.newest > 0;
    const changes = await this.askForChanges();
    this.setClosed(changes.is_closed);
    this.showOthers(changes.others);
    this.showWork(changes.work);
    const isStepDone = wasWorking && !this.work.isMoving; // it may have changed any of them
    if (isStepDone) this.desk.words.forget();
    if (changes.is_everything || isStepDone) return this.lookAgain();
    this.latest = changes.latest;
    if (changes.segments.length) this.takeSegments(changes.segments, askedAt);
    this.showEmpty();
    this.forgetGone(new Set(changes.gone));
    this.desk.saving.showState();
  }

  private askForChanges(): Promise<Changes> {
    const { page, list } = this.desk;
    const at = list.held?.id;
    const query = `since=${this.latest}&newest=${this.newest}&seat=${this.seat}`;
    return request<Changes>("GET", `${page.path}/changes?${query}${at ? `&at=${at}` : ""}`);
  }

  /** `askedAt`: on the clock of `performance`. */
  private take(transcript: Transcript, askedAt: number): void {
    this.latest = transcript.latest;
    this.setClosed(transcript.is_closed);
    this.desk.page.names.add(...transcript.speakers);
    this.showWork(transcript.work);
    this.desk.panel.take(transcript.versions);
    this.takeSegments(transcript.segments, askedAt);
  }

  private takeSegments(segments: Segment[], askedAt: number): void {
    const { page, list, saving } = this.desk;
    const known = new Map(list.lines.map((line) => [line.id, line]));
    const added: SegmentModel[] = [];
    for (const segment of segments) {
      const line = known.get(segment.id);
      if (line) line.refresh(segment, askedAt);
      else added.push(new SegmentModel(segment, page));
      this.newest = Math.max(this.newest, segment.id);
    }
    list.add(added);
    added.forEach((line) => page.changed.send(line));
    this.showEmpty();
    saving.showState();
  }

  /** The minutes were approved while somebody is at the text, or a new version was begun: then
   * what could not be saved meanwhile is. */
  private setClosed(isClosed: boolean): void {
    const { page, list, saving } = this.desk;
    if (page.isClosed === isClosed) return;
    page.isClosed = isClosed;
    this.closed.hidden = !isClosed;
    list.allow();
    if (!page.isCorrector || !this.newest) return;
    page.say(isClosed ? NOW_CLOSED : NOW_OPEN);
    if (!isClosed) saving.saveAll();
  }

  /** What an earlier visit typed into segments that are gone by now. */
  private showOrphans(): void {
    const { page, list } = this.desk;
    if (!page.isCorrector) return;
    const known = new Set(list.lines.map((line) => line.id));
    const lines = orphans(known).map((segment) => new SegmentModel(segment, page));
    lines.forEach((line) => line.vanish());
    if (lines.length) list.add(lines);
  }

  /** What was typed into a line that is gone stays in sight, with a way to keep it. */
  private forgetGone(ids: Set<number>): void {
    const { list } = this.desk;
    const gone = list.lines.filter((line) => ids.has(line.id));
    const lines = gone.filter((line) => !line.isUnsaved);
    gone.filter((line) => line.isUnsaved).forEach((line) => line.vanish());
    if (lines.length) list.remove(lines);
  }

  private showWork(work: Work): void {
    this.work.show(work);
    this.desk.player.tryAgain();
  }

  private showEmpty(): void {
    this.empty.hidden = this.desk.list.lines.length > 0;
    this.empty.textContent = this.work.isMoving
      ? "まだ発話がありません。聞き取れたところから、ここに自動で現れます。"
      : "発話は聞き取れませんでした。録音の音を確かめてください。";
  }

  private showOthers(others: Other[]): void {
    const called = ({ name, is_self }: Other): string => (is_self ? "あなた（別の画面）" : name);
    const names = [...new Set(others.map(called))];
    this.others.textContent = names.length ? `ほかに開いている人：${names.join("、")}` : "";
    this.desk.list.showOthers(new Map(others.map((other) => [other.segment_id, other])));
  }

  /** A link to a segment, from the side or from other screens. */
  private goToNamed(): void {
    const named = /^#segment-(\d+)$/.exec(location.hash);
    const line = named && this.desk.list.get(Number(named[1]));
    if (line) this.desk.list.reveal(line, "center");
  }
}
