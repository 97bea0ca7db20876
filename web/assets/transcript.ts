/**
 * 校正: the secretary's desk. Segments as plain text fields, saved by themselves; the sound at the
 * foot; the accuracy always in sight. New segments are added while the machine still listens.
 */

import { Figures } from "./transcript/figures";
import { listenForKeys } from "./transcript/keys";
import { Player } from "./transcript/player";
import { Row } from "./transcript/row";
import type { Desk } from "./transcript/row";
import { call, Refusal } from "./transcript/server";
import type {
  AgendaItem,
  Segment,
  SegmentsChanged,
  Transcript,
  TranscriptAccuracy,
  Work,
} from "./transcript/server";
import { length, make } from "./transcript/words";

const POLL_MS = 3000;
const RETRY_MS = 5000;
const LATE_SECONDS = 0.3;
const UNDER_WAY = ["waiting", "running"];
const OPEN = [...UNDER_WAY, "paused"];

class Page implements Desk {
  readonly mayCorrect: boolean;
  agendaItems: AgendaItem[] = [];

  private readonly path: string;
  private readonly list: HTMLElement;
  private readonly rows: Row[] = [];
  private readonly byId = new Map<number, Row>();
  private readonly player: Player;
  private readonly figures = new Figures();
  private readonly work = required<HTMLElement>("[data-work]");
  private readonly saved = required<HTMLElement>("[data-saved]");
  private readonly trouble = required<HTMLElement>("[data-trouble]");
  private readonly names = required<HTMLDataListElement>("#speaker-names");
  private heard: Row | null = null;
  private isWorking = true;
  private retryTimer = 0;

  constructor(root: HTMLElement) {
    this.path = `/api/transcripts/${root.dataset["transcript"]}`;
    this.mayCorrect = root.dataset["mayCorrect"] === "yes";
    this.list = required("[data-segments]");
    const side = required<HTMLDetailsElement>("[data-side]");
    side.open = !matchMedia("(max-width: 900px)").matches;
    this.player = new Player(required("[data-player]"), (seconds) => this.showHeard(seconds));
    listenForKeys({
      toggle: () => this.player.toggle(),
      step: (way) => this.player.step(way),
      confirmAndGoOn: () => this.confirmAndGoOn(),
      move: (way) => this.move(way),
    });
    addEventListener("beforeunload", (event) => this.leaving(event));
    addEventListener("pagehide", () => this.saveAll());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.saveAll();
      else void this.lookAgain();
    });
    addEventListener("online", () => this.retry());
  }

  async open(): Promise<void> {
    try {
      const transcript = await call<Transcript>("GET", this.path);
      this.agendaItems = transcript.agenda_items;
      this.take(transcript);
      required("[data-loading]").hidden = true;
      const wanted = this.byId.get(Number(location.hash.replace("#segment-", "")));
      wanted?.element.scrollIntoView({ block: "center" });
    } catch (problem) {
      this.tell(asRefusal(problem));
      setTimeout(() => void this.open(), RETRY_MS);
      return;
    }
    if (this.isWorking) setTimeout(() => void this.poll(), POLL_MS);
  }

  showAccuracy(accuracy: TranscriptAccuracy): void {
    this.figures.take(accuracy);
    this.figures.showItems(this.agendaItems, this.segments());
  }

  noteState(): void {
    const unsaved = this.rows.filter((row) => row.isDirty).length;
    const isBusy = this.rows.some((row) => row.isBusy);
    this.saved.textContent = unsaved
      ? isBusy
        ? "保存中…"
        : `未保存 ${unsaved}件`
      : "すべて保存済み";
    this.saved.classList.toggle("is-unsaved", unsaved > 0);
    const refusal = this.rows.find((row) => row.isDirty && row.refusal?.isPassing)?.refusal;
    this.tell(refusal ?? null);
    // Once it is set it stays: what is polled meanwhile must not put it off again and again.
    if (refusal) this.retryTimer ||= window.setTimeout(() => this.retry(), RETRY_MS);
  }

  hear(row: Row): void {
    this.player.playFrom(row.segment.start_seconds);
    this.showHeard(row.segment.start_seconds);
  }

  /** The sound follows the hands, unless it is at this segment anyway. */
  goTo(row: Row): void {
    const { start_seconds: start, end_seconds: end } = row.segment;
    const isThere = this.player.seconds >= start - LATE_SECONDS && this.player.seconds < end;
    if (!isThere) this.player.seek(start);
  }

  async startAgendaItem(row: Row, agendaItemId: number | null): Promise<void> {
    try {
      const path = `/api/segments/${row.segment.id}/agenda-item`;
      const changed = await call<SegmentsChanged>("PUT", path, { agenda_item_id: agendaItemId });
      for (const segment of changed.segments) this.byId.get(segment.id)?.placeIn(segment);
      this.showHeadings();
      this.showAccuracy(changed.accuracy);
      this.tell(null);
    } catch (problem) {
      row.agendaSelect.value = String(row.segment.agenda_item_id ?? "");
      this.tell(asRefusal(problem), "議題を変えられませんでした。もう一度選んでください。");
    }
  }

  addName(name: string): void {
    if (name && !this.isKnownName(name)) this.names.append(make("option", { value: name }));
  }

  isKnownName(name: string): boolean {
    return [...this.names.options].some((option) => option.value === name);
  }

  private segments(): Segment[] {
    return this.rows.map((row) => row.segment);
  }

  private take(transcript: Transcript): void {
    const added = transcript.segments.filter((segment) => !this.byId.has(segment.id));
    for (const segment of transcript.segments) this.byId.get(segment.id)?.refresh(segment);
    for (const segment of added) this.insert(new Row(segment, this));
    for (const row of added.map((segment) => this.byId.get(segment.id))) row?.fit();
    transcript.speakers.forEach((name) => this.addName(name));
    this.showWork(transcript.work);
    this.showHeadings();
    this.showAccuracy(transcript.accuracy);
    this.noteState();
  }

  /** In the order of the sound; nearly always that is the end. */
  private insert(row: Row): void {
    const later = this.rows.findIndex(
      (other) => other.segment.start_seconds > row.segment.start_seconds,
    );
    const place = later < 0 ? this.rows.length : later;
    this.list.insertBefore(row.element, this.rows[place]?.element ?? null);
    this.rows.splice(place, 0, row);
    this.byId.set(row.segment.id, row);
  }

  /** Where the agenda goes on to the next item. */
  private showHeadings(): void {
    let before: number | null = null;
    for (const row of this.rows) {
      const now = row.segment.agenda_item_id;
      const item = this.agendaItems.find((known) => known.id === now);
      const words = item ? `議題${item.number}　${item.title}` : "議題なし";
      row.setHeading(now === before ? null : words);
      before = now;
    }
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
    const empty = required<HTMLElement>("[data-empty]");
    empty.hidden = this.rows.length > 0;
    empty.textContent = isOpen
      ? "まだ発話がありません。聞き取れたところから、ここに自動で現れます。"
      : "発話は聞き取れませんでした。録音の音を確かめてください。";
  }

  private async poll(): Promise<void> {
    const wasWorking = this.isWorking && this.rows.length > 0;
    try {
      const newest = Math.max(0, ...this.byId.keys());
      this.take(await call("GET", newest ? `${this.path}?after=${newest}` : this.path));
    } catch (problem) {
      this.tell(asRefusal(problem));
    }
    if (this.isWorking) setTimeout(() => void this.poll(), POLL_MS);
    else if (wasWorking) void this.lookAgain(); // a late step may have changed any of them
  }

  /** Coming back to the page: others may have corrected meanwhile. */
  private async lookAgain(): Promise<void> {
    this.retry();
    try {
      this.take(await call<Transcript>("GET", this.path));
    } catch (problem) {
      this.tell(asRefusal(problem));
    }
  }

  private showHeard(seconds: number): void {
    const now = this.rows.findLast((row) => row.segment.start_seconds <= seconds + 0.05) ?? null;
    if (now === this.heard) return;
    this.heard?.setHeard(false);
    now?.setHeard(true);
    this.heard = now;
    const isElsewhere = !this.list.contains(document.activeElement);
    if (isElsewhere) now?.element.scrollIntoView({ block: "nearest" });
  }

  private current(): Row | null {
    return this.rows.find((row) => row.element.contains(document.activeElement)) ?? this.heard;
  }

  private move(way: number): void {
    const now = this.current();
    const next = this.rows[now ? this.rows.indexOf(now) + way : 0];
    if (!next) return;
    next.text.focus({ preventScroll: true });
    next.element.scrollIntoView({ block: "nearest" });
  }

  private confirmAndGoOn(): void {
    if (!this.mayCorrect) return;
    this.current()?.confirm();
    this.move(1);
  }

  private saveAll(): void {
    for (const row of this.rows) if (row.isDirty) void row.sync();
  }

  private retry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = 0;
    this.saveAll();
  }

  private leaving(event: BeforeUnloadEvent): void {
    this.saveAll();
    if (this.rows.some((row) => row.isDirty)) event.preventDefault();
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

function required<E extends HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

void new Page(required("[data-transcript]")).open();
