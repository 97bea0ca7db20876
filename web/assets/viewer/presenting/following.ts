/** 発表 and 自分: whether this screen shows the presenter's page, and, of the presenter, whether
 * everybody is shown this one. */

import { Signal } from "../../base/signal";
import type { Announcements } from "../announcements";
import type { ViewerData } from "../data";
import type { Writing } from "../memos/writing";
import type { Reader } from "../reading/reader";
import { itemOf } from "../words";
import type { LiveConnection, LiveState } from "./live-connection";
import type { Presenter } from "./presenter";

/** The parts of the viewer that following concerns. */
export interface FollowedParts {
  readonly data: ViewerData;
  readonly reader: Reader;
  readonly presenter: Presenter;
  readonly writing: Writing;
  readonly announcements: Announcements;
  /** Null where the meeting is not open. */
  readonly live: LiveConnection | null;
}

export class Following {
  /** Something that the bars show is otherwise. */
  readonly changed = new Signal();
  isOn: boolean;
  /** A turn came while this person writes: it waits until they have finished. */
  isTurnWaiting = false;
  /** A page was turned to enlarged: which part of it others see is known when it is drawn. */
  private isTurnUnsent = false;
  /** The newest turn that is on this screen. */
  private turnShown = 0;
  private isBeginning = false;
  private before: LiveState | null = null;

  constructor(private readonly viewer: FollowedParts) {
    this.isOn = viewer.data.start.follow;
    viewer.writing.ended.listen(() => this.goOn());
  }

  get state(): LiveState | null {
    return this.viewer.live?.state ?? null;
  }

  get isPresenting(): boolean {
    return this.state?.presenter?.id === this.viewer.data.me.id;
  }

  /** What everybody sees is what is on this screen. */
  get isShowing(): boolean {
    return this.isPresenting && this.isOn && !this.isTurnWaiting;
  }

  /** A state came in: the presenter's page, unless this person reads alone. */
  take(state: LiveState): void {
    this.noteChanges(state);
    if (this.isOn) this.showTurn(state);
    this.changed.send();
  }

  follow(): void {
    this.isOn = true;
    this.turnShown = 0;
    this.viewer.presenter.acknowledged = 0;
    this.isTurnWaiting = true;
    if (this.viewer.writing.isOn) this.viewer.writing.turn(false);
    else this.goOn();
  }

  leave(): void {
    this.isOn = false;
    this.isTurnWaiting = false;
    if (this.isPresenting)
      this.viewer.announcements.tell(
        "いまは自分だけで読んでいます。ここでめくる頁は、みんなには見えません。",
      );
    this.changed.send();
  }

  /** This person leafed, zoomed or chose: the presenter shows it, everybody else reads alone. */
  acted(): void {
    const { reader, presenter } = this.viewer;
    const { place } = reader;
    if (this.isPresenting && this.isOn && place) {
      this.isTurnWaiting = false;
      this.isTurnUnsent = reader.isYetToBeEnlarged;
      if (!this.isTurnUnsent)
        presenter.show(place.document.version_id, place.page, reader.shownArea);
      this.changed.send();
    } else if (this.isOn && this.state?.turn) {
      this.leave();
    }
  }

  /** A page is drawn. */
  drawn(): void {
    if (this.isTurnUnsent) this.acted();
  }

  /** The documents of the meeting are others by now. */
  takeDocuments(): void {
    this.showReplaced();
    if (this.isOn && this.state) this.showTurn(this.state);
    this.changed.send();
  }

  async togglePresenting(): Promise<void> {
    await this.viewer.announcements.attempt(async () => {
      if (this.isShowing) return this.viewer.live?.take(await this.viewer.presenter.stop());
      if (!this.isPresenting) await this.beginPresenting();
      this.isOn = true;
      this.acted();
    });
  }

  /** What the server answers to the presenter's wish is the state from now on. */
  async ask(wish: (presenter: Presenter) => Promise<LiveState>): Promise<void> {
    const { announcements, live, presenter } = this.viewer;
    await announcements.attempt(async () => live?.take(await wish(presenter)));
  }

  private async beginPresenting(): Promise<void> {
    const { presenter, live } = this.viewer;
    this.isBeginning = true;
    try {
      const state = await presenter.begin();
      this.isOn = true;
      presenter.acknowledged = Math.max(presenter.acknowledged, state.sequence);
      live?.take(state);
    } finally {
      this.isBeginning = false;
    }
  }

  /** Says who presents from now on; whoever it was handed to shows what they look at. */
  private noteChanges(state: LiveState): void {
    const { data, announcements, presenter } = this.viewer;
    const before = this.before;
    this.before = state;
    if (!before) return;
    // With a turn to another document its item is discussed; nobody needs to be told that.
    const isChosen =
      before.agenda_item_id !== state.agenda_item_id &&
      before.turn?.sequence === state.turn?.sequence;
    const item = isChosen ? itemOf(state, data.items) : undefined;
    if (item) announcements.tell(`審議中の議題は「${item.number}　${item.title}」になりました。`);
    if (before.presenter?.id === state.presenter?.id) return;
    if (!state.presenter) return announcements.tell("発表が終わりました。資料はこのまま読めます。");
    if (state.presenter.id !== data.me.id)
      return announcements.tell(`${state.presenter.name}さんの発表になりました。`);
    if (this.isBeginning) return;
    this.isOn = true;
    presenter.acknowledged = 0;
    announcements.tell("発表を渡されました。これからめくる頁は、みんなに見えます。");
  }

  private showTurn(state: LiveState): void {
    const { data, reader, presenter, writing, announcements } = this.viewer;
    const turn = state.turn;
    if (state.is_turn_closed) announcements.tell("発表中の資料は、あなたには公開されていません。");
    if (!turn) {
      const first = reader.document ?? data.documents[0];
      if (first && !reader.document) void reader.show(first, 1);
      return;
    }
    const isOurs = presenter.isBusy || this.isTurnUnsent || turn.sequence <= presenter.acknowledged;
    if (this.isPresenting && isOurs) return;
    const isHere = reader.isOn(turn.version_id, turn.page);
    if (turn.sequence === this.turnShown && isHere) return;
    this.isTurnWaiting = writing.isOn && reader.pages !== null && !isHere;
    if (writing.isOn && reader.pages) return;
    const document =
      data.documents.find((entry) => entry.version_id === turn.version_id) ??
      data.documents.find((entry) => entry.id === turn.document_id);
    if (!document) return;
    this.turnShown = turn.sequence;
    void reader.show(document, turn.page, turn.area);
  }

  /** What came while this person wrote. */
  private goOn(): void {
    this.showReplaced();
    const isWaiting = this.isTurnWaiting;
    this.isTurnWaiting = false;
    if (isWaiting && this.isOn && this.state) this.showTurn(this.state);
    this.changed.send();
  }

  /** The document that is open has a newer version: go there, on the same page or the last one. */
  private showReplaced(): void {
    const { data, reader, writing } = this.viewer;
    const open = reader.document;
    const now = open && data.documents.find((entry) => entry.id === open.id);
    if (!now || now.version_id === open.version_id || writing.isOn) return;
    void reader.show(now, Math.min(reader.page, now.page_count));
    if (this.isPresenting) this.acted();
  }
}
