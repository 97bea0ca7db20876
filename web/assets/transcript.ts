/**
 * 校正: the secretary's desk. Segments as plain text fields, saved by themselves; the sound at the
 * foot; the accuracy always in sight. New segments are added while the machine still listens.
 */

import { Figures } from "./transcript/figures";
import { Hands } from "./transcript/hands";
import type { Around } from "./transcript/hands";
import { asBody, headingOf } from "./transcript/items";
import type { Place } from "./transcript/items";
import { Line } from "./transcript/line";
import type { Decided, Desk } from "./transcript/line";
import { LineList } from "./transcript/list";
import { PagePanel } from "./transcript/page-panel";
import { Player } from "./transcript/player";
import type { Surroundings } from "./transcript/row";
import { call, Refusal } from "./transcript/server";
import type {
  AgendaItem,
  Changes,
  Other,
  Segment,
  SegmentsChanged,
  Transcript,
  Work,
} from "./transcript/server";
import { WorkClock } from "./transcript/work-clock";
import { length, make, required } from "./transcript/words";

const POLL_MS = 3000;
const RETRY_MS = 5000;
/** Segments that can be read at once, before the rest of a long transcript has come. */
const FIRST = 40;
const LATE_SECONDS = 0.3;
const UNDER_WAY = ["waiting", "running"];
const OPEN = [...UNDER_WAY, "paused"];

class Page implements Desk, Surroundings, Around {
  readonly mayCorrect: boolean;
  agendaItems: AgendaItem[] = [];

  readonly path: string;

  private readonly list: LineList;
  private readonly player: Player;
  private readonly hands: Hands;
  private readonly figures = new Figures();
  private readonly panel: PagePanel;
  private readonly work = required<HTMLElement>("[data-work]");
  private readonly savedWords = required<HTMLElement>("[data-saved]");
  private readonly note = required<HTMLElement>("[data-note]");
  private readonly speakers = required<HTMLElement>("[data-speakers]");
  private readonly others = required<HTMLElement>("[data-others]");
  private readonly trouble = required<HTMLElement>("[data-trouble]");
  private readonly nameList = required<HTMLDataListElement>("#speaker-names");
  private readonly unsaved = new Set<Line>();
  private readonly refused = new Set<Line>();
  private isWorking = true;
  private retryTimer = 0;
  private newest = 0;
  private latest = 0;
  private readonly seat = Math.random().toString(36).slice(2);
  private heard: Line | null = null;

  constructor(root: HTMLElement) {
    this.path = `/api/transcripts/${root.dataset["transcript"]}`;
    this.mayCorrect = root.dataset["mayCorrect"] === "yes";
    this.list = new LineList(required("[data-segments]"), this, (line, before) =>
      headingOf(line.segment, before?.segment ?? null, this.agendaItems),
    );
    const side = required<HTMLDetailsElement>("[data-side]");
    side.open = !matchMedia("(max-width: 900px)").matches;
    this.player = new Player(required("[data-player]"), (seconds) => this.showHeard(seconds));
    this.panel = new PagePanel(required("[data-page-panel]"), (seconds) =>
      this.player.playFrom(seconds),
    );
    this.hands = new Hands(this.list, this.player, this);
    if (this.mayCorrect) new WorkClock(this.path, () => this.player.isPlaying);
    addEventListener("beforeunload", (event) => this.leaving(event));
    addEventListener("pagehide", () => this.saveAll());
    addEventListener("hashchange", () => this.goToNamed());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.saveAll();
      else void this.lookAgain();
    });
    addEventListener("online", () => this.retry());
  }

  async open(): Promise<void> {
    try {
      const beginning = await call<Transcript>("GET", `${this.path}?first=${FIRST}`);
      this.agendaItems = beginning.agenda_items;
      this.take(beginning);
      required<HTMLElement>("[data-loading]").hidden = true;
      this.showNames();
      if (beginning.segments.length === FIRST) this.take(await call("GET", this.path));
      this.goToNamed();
    } catch (problem) {
      this.tell(asRefusal(problem));
      setTimeout(() => void this.open(), RETRY_MS);
      return;
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  changed(line: Line): void {
    if (line.isUnsaved) this.unsaved.add(line);
    else this.unsaved.delete(line);
    if (line.isDirty && line.refusal?.isPassing) this.refused.add(line);
    else this.refused.delete(line);
    this.noteState();
  }

  saved(line: Line, before: Segment, decided: Decided | null): void {
    this.hands.saved(line, before, decided);
    this.showFigures();
  }

  say(words: string): void {
    this.note.textContent = words;
  }

  names(): string[] {
    return [...this.nameList.options].map((option) => option.value);
  }

  newLine(segment: Segment): Line {
    return new Line(segment, this, this.mayCorrect);
  }

  refresh(): void {
    this.list.changed();
    this.hands.refresh();
    this.showFigures();
  }

  hear(line: Line): void {
    this.player.playFrom(line.segment.start_seconds);
    this.showHeard(line.segment.start_seconds);
  }

  /** The sound follows the hands, unless it is at this segment anyway. */
  goTo(line: Line): void {
    this.hands.came(line);
    const { start_seconds: start, end_seconds: end } = line.segment;
    const isThere = this.player.seconds >= start - LATE_SECONDS && this.player.seconds < end;
    if (!isThere) this.player.seek(start);
    this.panel.show(line.segment);
  }

  left(line: Line): void {
    void this.hands.left(line);
  }

  typing(): void {
    this.player.typing();
  }

  offer(line: Line): void {
    this.hands.offer(line);
  }

  askVoice(line: Line): void {
    this.hands.askVoice(line);
  }

  startAgendaItem(line: Line, place: Place): void {
    const path = `/api/segments/${line.id}/agenda-item`;
    void this.placeFrom(line, () => call("PUT", path, asBody(place)));
  }

  confirmItem(line: Line): void {
    const path = `/api/segments/${line.id}/agenda-item/confirmation`;
    void this.placeFrom(line, () => call("PUT", path));
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

  private async placeFrom(line: Line, ask: () => Promise<SegmentsChanged>): Promise<void> {
    try {
      const changed = await ask();
      for (const segment of changed.segments) this.list.get(segment.id)?.take(segment);
      this.refresh();
      this.tell(null);
    } catch (problem) {
      line.row?.showAgendaItem();
      this.tell(asRefusal(problem), "議題を変えられませんでした。もう一度選んでください。");
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
    this.tell(refused?.refusal ?? null);
    // Once it is set it stays: what is polled meanwhile must not put it off again and again.
    if (refused) this.retryTimer ||= window.setTimeout(() => this.retry(), RETRY_MS);
  }

  private take(transcript: Transcript): void {
    this.latest = transcript.latest;
    transcript.speakers.forEach((name) => this.addName(name));
    this.showWork(transcript.work);
    this.panel.take(transcript.versions);
    this.takeSegments(transcript.segments);
  }

  private takeSegments(segments: Segment[]): void {
    const known = new Map(this.list.lines.map((line) => [line.id, line]));
    const added: Line[] = [];
    for (const segment of segments) {
      const line = known.get(segment.id);
      if (line) line.refresh(segment);
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
    for (const line of this.list.lines) yield line.segment;
  }

  /** A link to a segment, from the side or from other screens. */
  private goToNamed(): void {
    const named = /^#segment-(\d+)$/.exec(location.hash);
    const line = named && this.list.get(Number(named[1]));
    if (line) this.list.reveal(line, "center");
  }

  private showWork(work: Work): void {
    const isOpen = OPEN.includes(work.state);
    const later = isOpen ? undefined : work.stages.find((stage) => UNDER_WAY.includes(stage.state));
    this.isWorking = isOpen || later !== undefined;
    this.player.tryAgain();
    const remaining = work.remaining_seconds;
    const words = isOpen
      ? `${work.stage} ${work.percent} %` +
        (remaining === null ? "" : `・残り約${length(remaining)}`) +
        `・${work.segment_count}発話まで校正できます`
      : work.state === "finished"
        ? later
          ? `${later.label}をしています。そのまま校正できます。`
          : ""
        : `${work.state_label}：${work.problem || "ここまでの文は校正できます。"}`;
    const isStanding = isOpen && !work.is_worker_running;
    this.work.textContent = isStanding
      ? `${words}　文字起こしの処理が動いていません。管理者に連絡してください。`
      : words;
    this.work.hidden = !words;
  }

  private showEmpty(): void {
    const empty = required<HTMLElement>("[data-empty]");
    empty.hidden = this.list.lines.length > 0;
    empty.textContent = this.isWorking
      ? "まだ発話がありません。聞き取れたところから、ここに自動で現れます。"
      : "発話は聞き取れませんでした。録音の音を確かめてください。";
  }

  private async poll(): Promise<void> {
    try {
      if (!document.hidden) await this.takeChanges();
    } catch (problem) {
      this.tell(asRefusal(problem));
    }
    setTimeout(() => void this.poll(), POLL_MS);
  }

  /** What others and the machine have done meanwhile, and where the others are. */
  private async takeChanges(): Promise<void> {
    const wasWorking = this.isWorking && this.newest > 0;
    const at = this.list.held?.id;
    const query = `since=${this.latest}&newest=${this.newest}&seat=${this.seat}`;
    const path = `${this.path}/changes?${query}${at ? `&at=${at}` : ""}`;
    const changes = await call<Changes>("GET", path);
    this.showOthers(changes.others);
    this.showWork(changes.work);
    const isStepDone = wasWorking && !this.isWorking; // it may have changed any of them
    if (changes.is_everything || isStepDone) return this.lookAgain();
    this.latest = changes.latest;
    if (changes.segments.length) this.takeSegments(changes.segments);
    this.showEmpty();
    this.forgetGone(new Set(changes.gone));
  }

  private async lookAgain(): Promise<void> {
    this.retry();
    try {
      const transcript = await call<Transcript>("GET", this.path);
      const known = new Set(transcript.segments.map((segment) => segment.id));
      const gone = this.list.lines.filter((line) => !known.has(line.id));
      this.take(transcript);
      this.forgetGone(new Set(gone.map((line) => line.id)));
    } catch (problem) {
      this.tell(asRefusal(problem));
    }
  }

  /** What was typed into a line that is gone stays in sight; saving it says what happened. */
  private forgetGone(gone: Set<number>): void {
    const lines = this.list.lines.filter((line) => gone.has(line.id) && !line.isUnsaved);
    if (!lines.length) return;
    this.list.remove(lines);
    this.refresh();
  }

  private showOthers(others: Other[]): void {
    const names = [...new Set(others.map((other) => other.name))];
    this.others.textContent = names.length ? `ほかに開いている人：${names.join("、")}` : "";
    this.list.showOthers(new Map(others.map((other) => [other.segment_id, other.name])));
  }

  private showHeard(seconds: number): void {
    const now = this.list.at(seconds + 0.05);
    const isElsewhere = !document.activeElement?.closest(".segment");
    const isNew = now !== this.heard;
    this.heard = now;
    this.list.setHeard(now);
    if (now && isNew) this.panel.show(now.segment);
    if (now && isNew && isElsewhere) this.list.reveal(now);
  }

  private saveAll(): void {
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

  /** One place for what concerns the whole page; said once, not at every try. */
  private tell(refusal: Refusal | null, words?: string): void {
    const shown = refusal ? (words ?? sentence(refusal)) : "";
    if (this.trouble.dataset["shown"] === shown) return;
    this.trouble.dataset["shown"] = shown;
    this.trouble.hidden = !shown;
    this.trouble.replaceChildren(shown);
    if (refusal?.status === 401) this.trouble.append(signInLink());
  }
}

function sentence(refusal: Refusal): string {
  return refusal.status === 401
    ? "サインインが切れました。入力した文はこの端末に残してあります。サインインすると自動で保存します。"
    : refusal.message;
}

function signInLink(): HTMLElement {
  const words = "新しいタブでサインインする";
  const target = "/sign-in?next=/today";
  return make("a", { href: target, target: "_blank", rel: "opener" }, words);
}

function asRefusal(problem: unknown): Refusal {
  if (problem instanceof Refusal) return problem;
  throw problem;
}

void new Page(required("[data-transcript]")).open();
