/**
 * 校正: the secretary's desk. Segments as plain text fields, saved by themselves; the sound at the
 * foot; the accuracy always in sight. New segments are added while the machine still listens.
 */

import { make, required } from "./base/elements";
import { request } from "./base/http";
import { keepClear } from "./transcript/clear";
import type { Around } from "./transcript/commands";
import { Commands } from "./transcript/commands";
import { asRefusal, ErrorBanner } from "./transcript/error-banner";
import { AccuracyFigures } from "./transcript/figures";
import type { Place } from "./transcript/items";
import { asBody, headingOf } from "./transcript/items";
import { SegmentList } from "./transcript/list";
import { orphans } from "./transcript/local-drafts";
import type { Nameable } from "./transcript/naming";
import { PagePanel } from "./transcript/page-panel";
import { Player } from "./transcript/player";
import type { Decided, Desk } from "./transcript/segment-model";
import { SegmentModel } from "./transcript/segment-model";
import type { Surroundings } from "./transcript/segment-view";
import type {
  AgendaItem,
  Changes,
  Other,
  Segment,
  SegmentsChanged,
  Transcript,
  Work,
} from "./transcript/server";
import { SpokenWords } from "./transcript/spoken";
import { WorkClock } from "./transcript/work-clock";
import { WorkLine } from "./transcript/work-line";

const POLL_MS = 3000;
const RETRY_MS = 5000;
const LATE_SECONDS = 0.3;
const NOW_CLOSED =
  "会議録が承認されたため、いまは読むことだけができます。保存していない文は欄に残してあります。";
const NOW_OPEN = "会議録の新しい版ができたので、また直せます。";

class Page implements Desk, Surroundings, Around {
  readonly isCorrector: boolean;
  agendaItems: AgendaItem[] = [];

  readonly path: string;

  private readonly list: SegmentList;
  private readonly player: Player;
  private readonly hands: Commands;
  private readonly spoken: SpokenWords;
  private readonly figures = new AccuracyFigures();
  private readonly panel: PagePanel;
  private readonly work = new WorkLine();
  private readonly savedWords = required<HTMLElement>("[data-saved]");
  private readonly note = required<HTMLElement>("[data-note]");
  private readonly speakers = required<HTMLElement>("[data-speakers]");
  private readonly others = required<HTMLElement>("[data-others]");
  private readonly closed = required<HTMLElement>("[data-closed]");
  private readonly trouble = new ErrorBanner();
  private readonly nameList = required<HTMLDataListElement>("#speaker-names");
  private readonly unsaved = new Set<SegmentModel>();
  private readonly refused = new Set<SegmentModel>();
  private isClosed = false;
  private retryTimer = 0;
  private newest = 0;
  private latest = 0;
  private readonly seat = Math.random().toString(36).slice(2);
  private heard: SegmentModel | null = null;

  constructor(root: HTMLElement) {
    this.path = `/api/transcripts/${root.dataset.transcript}`;
    this.isCorrector = root.dataset.mayCorrect === "yes";
    this.list = new SegmentList(required("[data-segments]"), this, (line, before) =>
      headingOf(line.segment, before?.segment ?? null, this.agendaItems),
    );
    this.spoken = new SpokenWords(this.path, this.list.lines);
    const side = required<HTMLDetailsElement>("[data-side]");
    side.open = !matchMedia("(max-width: 900px)").matches;
    this.player = new Player(required("[data-player]"), (seconds) => this.showHeard(seconds));
    this.panel = new PagePanel(required("[data-page-panel]"), (seconds) =>
      this.player.playFrom(seconds),
    );
    keepClear();
    this.hands = new Commands(this.list, this.player, this.spoken, this);
    if (this.isCorrector)
      new WorkClock(
        this.path,
        () => this.player.isPlaying,
        () => this.mayCorrect,
      );
    for (const event of ["input", "change"]) document.addEventListener(event, () => this.say(""));
    addEventListener("beforeunload", (event) => this.leaving(event));
    addEventListener("pagehide", () => this.saveAll());
    addEventListener("hashchange", () => this.goToNamed());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.saveAll();
      else void this.lookAgain();
    });
    addEventListener("online", () => this.retry());
  }

  /** With the segments that came with the page, then with all of them. */
  begin(): void {
    const beginning = required("[data-beginning]").textContent!;
    this.takeFirst(JSON.parse(beginning) as Transcript);
    void this.open();
  }

  private takeFirst(beginning: Transcript): void {
    this.agendaItems = beginning.agenda_items;
    this.take(beginning, 0);
    this.showNames();
  }

  private async open(): Promise<void> {
    try {
      await this.takeAll();
      this.showOrphans();
      this.goToNamed();
    } catch (problem) {
      this.trouble.tell(asRefusal(problem));
      setTimeout(() => void this.open(), RETRY_MS);
      return;
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  /** Not while the minutes that were made from it are approved. */
  get mayCorrect(): boolean {
    return this.isCorrector && !this.isClosed;
  }

  changed(line: SegmentModel): void {
    if (line.isUnsaved) this.unsaved.add(line);
    else this.unsaved.delete(line);
    if (line.isDirty && line.refusal?.isPassing) this.refused.add(line);
    else this.refused.delete(line);
    this.noteState();
  }

  saved(line: SegmentModel, before: Segment, decided: Decided | null): void {
    this.hands.saved(line, before, decided);
    this.showFigures();
  }

  say(words: string): void {
    this.note.textContent = words;
  }

  names(): string[] {
    return this.people().map(({ name }) => name);
  }

  people(): Nameable[] {
    const options = [...this.nameList.options];
    return options.map(({ value, dataset }) => ({ name: value, kana: dataset.kana ?? "" }));
  }

  newLine(segment: Segment): SegmentModel {
    return new SegmentModel(segment, this, this.isCorrector);
  }

  refresh(): void {
    this.list.changed();
    this.hands.refresh();
    this.showFigures();
  }

  hear(line: SegmentModel): void {
    this.player.playFrom(line.segment.start_seconds);
    this.showHeard(line.segment.start_seconds);
  }

  /** The sound follows the hands, unless it is at this segment anyway. */
  goTo(line: SegmentModel): void {
    this.hands.came(line);
    const { start_seconds: start, end_seconds: end } = line.segment;
    const isThere = this.player.seconds >= start - LATE_SECONDS && this.player.seconds < end;
    if (!isThere) this.player.seek(start);
    this.panel.show(line.segment);
  }

  left(line: SegmentModel): void {
    void this.hands.left(line);
  }

  typing(): void {
    this.player.typing();
  }

  wantWords(line: SegmentModel): void {
    this.spoken.want(line);
  }

  offer(line: SegmentModel): void {
    this.hands.offer(line);
  }

  askVoice(line: SegmentModel): void {
    this.hands.askVoice(line);
  }

  startAgendaItem(line: SegmentModel, place: Place): void {
    const path = `/api/segments/${line.id}/agenda-item`;
    void this.placeFrom(line, () => request("PUT", path, asBody(place)));
  }

  confirmItem(line: SegmentModel): void {
    const path = `/api/segments/${line.id}/agenda-item/confirmation`;
    void this.placeFrom(line, () => request("PUT", path));
  }

  dropTyped(line: SegmentModel): void {
    void this.hands.dropTyped(line);
  }

  rescue(line: SegmentModel): void {
    this.hands.rescue(line);
  }

  addName(name: string): void {
    if (!name || this.isKnownName(name)) return;
    this.nameList.append(make("option", { value: name }));
    this.showNames();
  }

  isKnownName(name: string): boolean {
    return this.names().includes(name);
  }

  /** Whom the number keys mean. */
  private showNames(): void {
    const names = this.names().slice(0, 9);
    this.speakers.replaceChildren(...names.map((name) => make("li", {}, name)));
  }

  private async placeFrom(line: SegmentModel, ask: () => Promise<SegmentsChanged>): Promise<void> {
    try {
      const changed = await ask();
      this.hands.placed(line, changed.segments);
      this.refresh();
      this.trouble.tell(null);
    } catch (problem) {
      this.list.rowOf(line)?.showAgendaItem();
      this.trouble.tell(asRefusal(problem), "議題を変えられませんでした。もう一度選んでください。");
    }
  }

  private noteState(): void {
    const waiting = [...this.unsaved].filter((line) => line.isDirty);
    this.savedWords.textContent = waiting.length
      ? waiting.some((line) => line.isBusy)
        ? "保存中…"
        : `未保存 ${waiting.length}件`
      : "すべて保存済み";
    this.savedWords.classList.toggle("is-unsaved", waiting.length > 0);
    const [refused] = this.refused;
    this.trouble.tell(refused?.refusal ?? null);
    // Once it is set it stays: what is polled meanwhile must not put it off again and again.
    if (refused) this.retryTimer ||= window.setTimeout(() => this.retry(), RETRY_MS);
  }

  /** `askedAt`: on the clock of `performance`. */
  private take(transcript: Transcript, askedAt: number): void {
    this.latest = transcript.latest;
    this.setClosed(transcript.is_closed);
    transcript.speakers.forEach((name) => this.addName(name));
    this.showWork(transcript.work);
    this.panel.take(transcript.versions);
    this.takeSegments(transcript.segments, askedAt);
  }

  private takeSegments(segments: Segment[], askedAt: number): void {
    const known = new Map(this.list.lines.map((line) => [line.id, line]));
    const added: SegmentModel[] = [];
    for (const segment of segments) {
      const line = known.get(segment.id);
      if (line) line.refresh(segment, askedAt);
      else added.push(this.newLine(segment));
      this.newest = Math.max(this.newest, segment.id);
    }
    if (added.length) this.list.add(added);
    added.forEach((line) => this.changed(line));
    this.list.changed();
    this.showEmpty();
    this.hands.refresh();
    this.showFigures();
    this.noteState();
  }

  private showFigures(): void {
    this.figures.show(this.agendaItems, this.segments());
  }

  private *segments(): Iterable<Segment> {
    for (const line of this.list.lines) if (!line.isGone) yield line.segment;
  }

  /** A link to a segment, from the side or from other screens. */
  private goToNamed(): void {
    const named = /^#segment-(\d+)$/.exec(location.hash);
    const line = named && this.list.get(Number(named[1]));
    if (line) this.list.reveal(line, "center");
  }

  private showWork(work: Work): void {
    this.work.show(work);
    this.player.tryAgain();
  }

  private showEmpty(): void {
    const empty = required<HTMLElement>("[data-empty]");
    empty.hidden = this.list.lines.length > 0;
    empty.textContent = this.work.isMoving
      ? "まだ発話がありません。聞き取れたところから、ここに自動で現れます。"
      : "発話は聞き取れませんでした。録音の音を確かめてください。";
  }

  private async poll(): Promise<void> {
    try {
      if (!document.hidden) await this.takeChanges();
    } catch (problem) {
      this.trouble.tell(asRefusal(problem));
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  /** What others and the machine have done meanwhile, and where the others are. */
  private async takeChanges(): Promise<void> {
    const askedAt = performance.now();
    const wasWorking = this.work.isMoving && this.newest > 0;
    const at = this.list.held?.id;
    const query = `since=${this.latest}&newest=${this.newest}&seat=${this.seat}`;
    const path = `${this.path}/changes?${query}${at ? `&at=${at}` : ""}`;
    const changes = await request<Changes>("GET", path);
    this.setClosed(changes.is_closed);
    this.showOthers(changes.others);
    this.showWork(changes.work);
    const isStepDone = wasWorking && !this.work.isMoving; // it may have changed any of them
    if (isStepDone) this.spoken.forget();
    if (changes.is_everything || isStepDone) return this.lookAgain();
    this.latest = changes.latest;
    if (changes.segments.length) this.takeSegments(changes.segments, askedAt);
    this.showEmpty();
    this.forgetGone(new Set(changes.gone));
    this.noteState();
  }

  /** The minutes were approved while somebody is at the text, or a new version was begun: then
   * what could not be saved meanwhile is. */
  private setClosed(isClosed: boolean): void {
    if (this.isClosed === isClosed) return;
    this.isClosed = isClosed;
    this.closed.hidden = !isClosed;
    this.list.allow();
    if (!this.isCorrector || !this.newest) return;
    this.say(isClosed ? NOW_CLOSED : NOW_OPEN);
    if (!isClosed) this.saveAll();
  }

  /** What an earlier visit typed into segments that are gone by now. */
  private showOrphans(): void {
    if (!this.isCorrector) return;
    const known = new Set(this.list.lines.map((line) => line.id));
    const lines = orphans(known).map((segment) => this.newLine(segment));
    lines.forEach((line) => line.vanish());
    if (lines.length) this.list.add(lines);
  }

  private async takeAll(): Promise<void> {
    const askedAt = performance.now();
    const transcript = await request<Transcript>("GET", this.path);
    this.take(transcript, askedAt);
    const known = new Set(transcript.segments.map((segment) => segment.id));
    const isGone = (line: SegmentModel): boolean => !known.has(line.id) && line.takenAt < askedAt;
    this.forgetGone(new Set(this.list.lines.filter(isGone).map((line) => line.id)));
  }

  private async lookAgain(): Promise<void> {
    this.retry();
    try {
      await this.takeAll();
    } catch (problem) {
      this.trouble.tell(asRefusal(problem));
    }
  }

  /** What was typed into a line that is gone stays in sight, with a way to keep it. */
  private forgetGone(ids: Set<number>): void {
    const gone = this.list.lines.filter((line) => ids.has(line.id));
    const lines = gone.filter((line) => !line.isUnsaved);
    gone.filter((line) => line.isUnsaved).forEach((line) => line.vanish());
    if (!lines.length) return;
    this.list.remove(lines);
    this.refresh();
  }

  private showOthers(others: Other[]): void {
    const called = ({ name, is_self }: Other): string => (is_self ? "あなた（別の画面）" : name);
    const names = [...new Set(others.map(called))];
    this.others.textContent = names.length ? `ほかに開いている人：${names.join("、")}` : "";
    this.list.showOthers(new Map(others.map((other) => [other.segment_id, other])));
  }

  private showHeard(seconds: number): void {
    const now = this.list.at(seconds + 0.05);
    const isFollowed = this.player.isFollowed || !document.activeElement?.closest(".segment");
    const isNew = now !== this.heard;
    this.heard = now;
    this.list.setHeard(now, seconds);
    if (now && isNew) this.spoken.want(now);
    if (now && isNew) this.panel.show(now.segment);
    if (now && isNew && isFollowed) this.list.reveal(now);
  }

  saveAll(): void {
    for (const line of this.unsaved) if (line.isDirty) void line.sync();
  }

  private retry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = 0;
    void this.saveOneAfterTheOther();
  }

  /** After an hour without the network there may be hundreds. */
  private async saveOneAfterTheOther(): Promise<void> {
    for (const line of [...this.unsaved]) {
      if (line.isDirty) await line.sync();
      if (this.refused.has(line)) return; // not now: the next try comes by itself
    }
  }

  private leaving(event: BeforeUnloadEvent): void {
    this.saveAll();
    if ([...this.unsaved].some((line) => line.isDirty)) event.preventDefault();
  }
}

new Page(required("[data-transcript]")).begin();
