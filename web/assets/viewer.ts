/** 資料: a document fills the screen. 「発表」 follows the presenter, 「自分」 is one's own. */

import { button, make } from "./base/elements";
import { request, sentenceOf } from "./base/http";
import { SecondDocument } from "./viewer/beside";
import { Bookmarks } from "./viewer/bookmarks";
import { nameOf, type Place, type ShownDocument, type ViewerData } from "./viewer/data";
import { Drawer } from "./viewer/drawer";
import { OfflineDocuments } from "./viewer/keeper";
import { type Link, LiveConnection, type LiveState, type Pointer } from "./viewer/live";
import { type Memo, Memos } from "./viewer/memos";
import { showMoments } from "./viewer/moments";
import { openNote, showMemos } from "./viewer/notes";
import { Pen, toolBar } from "./viewer/pen";
import { Presenter } from "./viewer/presenter";
import { Reader } from "./viewer/reader";
import { DocumentSearch } from "./viewer/search";
import { itemOf, quoted, whatIsGoingOn, whereThePresenterIs } from "./viewer/words";

const HIDE_MS = 3000;
const SPREAD_MS = 2000;
const LINK_WORDS: Record<Link, string> = {
  connecting: "接続しています…",
  stream: "接続中",
  polling: "接続中（定期問い合わせ）",
  lost: "通信が切れています",
};

class Viewer {
  private readonly top = make("header", { class: "viewer-bar viewer-top" });
  private readonly strip = make("nav", { class: "viewer-bar viewer-strip" });
  private readonly stages = make("div", { class: "stages" });
  private readonly spoken = make("p", { class: "visually-hidden" });
  private readonly notice = make("p", { class: "viewer-notice" });
  private readonly title = make("h1", { class: "viewer-title" });
  private readonly number = make("input", { class: "viewer-number" });
  private readonly count = make("span");
  private readonly linkSign = make("span", { class: "viewer-link" });
  private readonly lostSign = make("p", { class: "viewer-lost" });
  private readonly sharing = make("div", { class: "viewer-sharing" });
  /** Who presents, and which item is discussed. */
  private readonly now = make("p", { class: "viewer-now" });
  private readonly drawer = new Drawer();
  private readonly reader: Reader;
  private readonly beside: SecondDocument;
  private live: LiveConnection | null = null;
  private readonly presenter: Presenter;
  private readonly memos: Memos;
  private readonly pen: Pen;
  private readonly tools: ReturnType<typeof toolBar>;
  private readonly bookmarks: Bookmarks;
  private readonly search: DocumentSearch;
  private readonly keeper = new OfflineDocuments();
  private readonly memo = button(
    "メモ",
    () => this.write(!this.pen.isOn),
    "viewer-choice",
    "メモを書く",
  );
  private readonly wide = button(
    "幅",
    () => this.fitToWidth(!this.reader.sheet.isFittedToWidth),
    "",
    "幅に合わせる",
  );
  private isFollowing: boolean;
  /** The newest turn that is on this screen. */
  private turnShown = 0;
  /** A turn came while this person writes: it waits until they have finished. */
  private isTurnWaiting = false;
  /** A page was turned to enlarged: which part of it others see is known when it is drawn. */
  private isTurnUnsent = false;
  private isBeginning = false;
  private before: LiveState | null = null;
  private isPointing = false;
  private isRefreshing = false;
  private hideTimer = 0;
  private noticeTimer = 0;
  private readonly followTab = button("発表", () => this.follow(), "viewer-tab");
  private readonly ownTab = button("自分", () => this.leave(), "viewer-tab");
  private readonly wayBack = button("発表に戻る", () => this.follow(), "viewer-way-back");
  private readonly showToAll = button(
    "みんなに見せる",
    () => void this.togglePresenting(),
    "viewer-show",
  );
  private readonly lead = button("発表の操作", () => this.showLead());
  private readonly pointing = button("指す", () => this.togglePointing(), "", "指し示す");
  private readonly previous = button("‹", () => this.reader.turn(-1), "", "前の頁");
  private readonly next = button("›", () => this.reader.turn(1), "", "次の頁");
  private readonly nextDocument = button(
    "次の資料 »",
    () => this.reader.step(1),
    "viewer-step",
    "次の資料",
  );
  private readonly previousDocument = button(
    "« 前の資料",
    () => this.reader.step(-1),
    "viewer-step",
    "前の資料",
  );

  constructor(
    private readonly root: HTMLElement,
    private data: ViewerData,
  ) {
    this.isFollowing = data.start.follow;
    this.presenter = new Presenter(data.meeting.id, (sentence) => this.tell(sentence));
    this.reader = new Reader(
      data.documents,
      {
        onAct: () => this.acted(),
        onShown: (place) => this.shown(place),
        onTapMiddle: () => this.showBars(),
        say: (words) => this.say(words),
      },
      "資料の頁",
    );
    this.beside = new SecondDocument(this.stages, this.reader, this.drawer, {
      onToggle: (isOpen) => this.root.classList.toggle("is-double", isOpen),
      onTapMiddle: () => this.showBars(),
      fitToWidth: (isWide) => this.fitToWidth(isWide),
      say: (words) => this.say(words),
      watermarkOf: (document) => this.watermarkOf(document),
    });
    this.memos = new Memos(data.me.id);
    this.pen = new Pen(this.reader.sheet, this.memos);
    this.tools = toolBar(
      this.pen,
      this.memos,
      () => this.write(false),
      () => void showMemos(this.drawer, this.memos, this.reader),
    );
    this.bookmarks = new Bookmarks(data.meeting.id, this.reader, (problem) =>
      this.tellProblem(problem),
    );
    this.search = new DocumentSearch(data.meeting.id, this.reader, this.drawer);
    this.build();
    this.listen();
    this.begin();
  }

  private build(): void {
    const back = make("a", { class: "button" }, "会議に戻る");
    back.href = this.data.meeting.url;
    const tabs = make("div", { class: "viewer-tabs" });
    tabs.setAttribute("role", "group");
    tabs.setAttribute("aria-label", "読み方");
    tabs.append(this.followTab, this.ownTab);
    tabs.hidden = !this.data.meeting.is_open;
    this.top.append(
      back,
      tabs,
      this.title,
      this.linkSign,
      this.pointing,
      this.showToAll,
      this.lead,
      this.now,
    );
    this.linkSign.setAttribute("role", "status");
    this.number.type = "text";
    this.number.inputMode = "numeric";
    this.number.setAttribute("aria-label", "表示する頁");
    this.spoken.setAttribute("role", "status");
    this.notice.setAttribute("role", "alert");
    this.notice.hidden = true;
    this.strip.setAttribute("aria-label", "頁と資料");
    const place = make("span", { class: "viewer-place" });
    place.append(this.number, this.count);
    this.strip.append(
      this.previousDocument,
      this.previous,
      place,
      this.next,
      button("－", () => this.reader.zoom(-1), "", "縮小"),
      button("＋", () => this.reader.zoom(1), "", "拡大"),
      this.wide,
      button("一覧", () => this.drawer.showThumbnails(this.reader), "viewer-choice", "頁の一覧"),
      button("目次", () => this.drawer.showContents(this.reader), "viewer-choice"),
      this.memo,
      this.bookmarks.press,
      button("検索", () => this.search.open(), "viewer-choice", "全資料から探す"),
      button("その他", () => this.showMore(), "viewer-choice", "そのほかの操作"),
      this.nextDocument,
    );
    const signs = make("div", { class: "viewer-signs" });
    this.sharing.append(
      make("p", {}, "いま書くメモは、全員に見えます。"),
      button("やめる", () => this.stopSharing(), "", "全員に見せるのをやめる"),
    );
    this.sharing.hidden = true;
    this.sharing.setAttribute("role", "status");
    signs.append(this.lostSign, this.wayBack, this.sharing, this.search.sign);
    this.lostSign.hidden = true;
    this.lostSign.setAttribute("role", "status");
    this.stages.append(this.reader.stage);
    this.tools.bar.hidden = true;
    this.root.append(
      this.top,
      this.stages,
      signs,
      this.tools.bar,
      this.strip,
      this.notice,
      this.spoken,
      this.drawer.dialog,
    );
  }

  private listen(): void {
    addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => this.followAddress());
    this.number.addEventListener("change", () =>
      this.reader.goTo(Number(this.number.value.normalize("NFKC"))),
    );
    for (const kind of ["pointermove", "keydown", "focusin"]) {
      this.root.addEventListener(kind, () => this.showBars());
    }
    this.memos.onChange = () => this.showMemos();
    this.memos.onRefused = (sentence) => this.tell(sentence);
    this.memos.onSignInNeeded = (sentence) => this.tell(sentence);
    this.pen.onNote = (memo) => openNote(this.drawer, this.memos, memo);
    this.pen.onName = (memo) => this.showNamed(memo);
    this.pen.onSharing = (isShared) => {
      this.sharing.hidden = !isShared;
      this.tools.refresh();
    };
    this.reader.sheet.onFitted = () =>
      this.wide.setAttribute("aria-pressed", String(this.reader.sheet.isFittedToWidth));
    this.reader.stage.addEventListener("pointermove", (event) => this.point(event));
    this.reader.stage.addEventListener("pointerdown", (event) => this.point(event));
    this.showBars();
  }

  private begin(): void {
    const { start, documents, meeting } = this.data;
    const addressed = this.addressed();
    if (addressed) this.isFollowing = false;
    const document =
      addressed ?? documents.find((entry) => entry.id === start.document) ?? documents[0];
    if (document && !(this.isFollowing && meeting.is_open))
      void this.reader.show(document, start.page);
    else if (!document)
      this.reader.showWords("この会議の資料は、まだありません。登録されると、ここに出ます。");
    if (meeting.is_open) {
      this.live = new LiveConnection(`/api/meetings/${meeting.id}/live`, {
        onState: (state) => this.take(state),
        onMemos: (documentId) => this.reloadMemos(documentId),
        onPointer: (pointer) => this.showPointer(pointer),
        onLink: (link) => this.showLink(link),
        onRefused: (status) =>
          this.tell(
            status === 401
              ? "サインインの期限が切れました。サインインし直してください。"
              : "この会議は見られなくなりました。",
          ),
      });
    }
    this.keeper.onKept = (kept, of) => this.showKept(kept, of);
    void this.keeper.keep(this.data);
    this.showState();
  }

  private get state(): LiveState | null {
    return this.live?.state ?? null;
  }

  private get isPresenting(): boolean {
    return this.state?.presenter?.id === this.data.me.id;
  }

  /** What everybody sees is what is on this screen. */
  private get isShowing(): boolean {
    return this.isPresenting && this.isFollowing && !this.isTurnWaiting;
  }

  /** A state came in: the presenter's page, unless this person reads alone. */
  private take(state: LiveState): void {
    if (state.documents !== this.data.documents_revision) void this.refresh(state);
    this.noteChanges(state);
    if (this.isFollowing) this.showTurn(state);
    this.showState();
  }

  /** Says who presents from now on; whoever it was handed to shows what they look at. */
  private noteChanges(state: LiveState): void {
    const before = this.before;
    this.before = state;
    if (!before) return;
    // With a turn to another document its item is discussed; nobody needs to be told that.
    const isChosen =
      before.agenda_item_id !== state.agenda_item_id &&
      before.turn?.sequence === state.turn?.sequence;
    const item = isChosen ? itemOf(state, this.data.items) : undefined;
    if (item) this.tell(`審議中の議題は「${item.number}　${item.title}」になりました。`);
    if (before.presenter?.id === state.presenter?.id) return;
    if (!state.presenter) return this.tell("発表が終わりました。資料はこのまま読めます。");
    if (state.presenter.id !== this.data.me.id)
      return this.tell(`${state.presenter.name}さんの発表になりました。`);
    if (this.isBeginning) return;
    this.isFollowing = true;
    this.presenter.acknowledged = 0;
    this.tell("発表を渡されました。これからめくる頁は、みんなに見えます。");
  }

  private showTurn(state: LiveState): void {
    const turn = state.turn;
    if (state.is_turn_closed) this.tell("発表中の資料は、あなたには公開されていません。");
    if (!turn) {
      const first = this.reader.document ?? this.data.documents[0];
      if (first && !this.reader.document) void this.reader.show(first, 1);
      return;
    }
    const isOurs =
      this.presenter.isBusy || this.isTurnUnsent || turn.sequence <= this.presenter.acknowledged;
    if (this.isPresenting && isOurs) return;
    const isHere = this.reader.isOn(turn.version_id, turn.page);
    if (turn.sequence === this.turnShown && isHere) return;
    this.isTurnWaiting = this.pen.isOn && this.reader.pages !== null && !isHere;
    if (this.pen.isOn && this.reader.pages) return;
    const document =
      this.data.documents.find((entry) => entry.version_id === turn.version_id) ??
      this.data.documents.find((entry) => entry.id === turn.document_id);
    if (!document) return;
    this.turnShown = turn.sequence;
    void this.reader.show(document, turn.page, turn.area);
  }

  /** This person leafed, zoomed or chose: the presenter shows it, everybody else reads alone. */
  private acted(): void {
    const { place } = this.reader;
    if (this.isPresenting && this.isFollowing && place) {
      this.isTurnWaiting = false;
      this.isTurnUnsent = this.reader.isYetToBeEnlarged;
      if (!this.isTurnUnsent)
        this.presenter.show(place.document.version_id, place.page, this.reader.shownArea);
      this.showState();
    } else if (this.isFollowing && this.state?.turn) {
      this.leave();
    }
  }

  private follow(): void {
    this.isFollowing = true;
    this.turnShown = 0;
    this.presenter.acknowledged = 0;
    this.isTurnWaiting = true;
    if (this.pen.isOn) this.write(false);
    else this.goOn();
  }

  private leave(): void {
    this.isFollowing = false;
    this.isTurnWaiting = false;
    if (this.isPresenting)
      this.tell("いまは自分だけで読んでいます。ここでめくる頁は、みんなには見えません。");
    this.showState();
  }

  private shown(place: Place): void {
    this.root.dataset.shown = `${place.document.id}:${place.page}`;
    this.root.dataset.version = String(place.document.version_id);
    this.title.textContent = nameOf(place.document);
    document.title = `${place.document.title}｜${this.data.meeting.title}`;
    if (
      !this.isFollowing &&
      location.pathname !== new URL(place.document.url, location.href).pathname
    ) {
      history.pushState(null, "", place.document.url);
    }
    this.reader.sheet.showWatermark(this.watermarkOf(place.document));
    this.reader.sheet.showPointer(0, 0, false);
    this.noteOpened(place.document);
    if (this.memos.versionId !== place.document.version_id)
      void this.memos.load(place.document.version_id);
    this.showMemos();
    this.bookmarks.refresh();
    this.showPlace();
    if (this.isTurnUnsent) this.acted();
    this.say(`${place.page}頁`);
  }

  private watermarkOf(document: ShownDocument): string {
    return document.is_watermarked ? this.data.me.name : "";
  }

  /** Takes the mark 新着 or 差替 off; also when the file came out of the terminal's own store. */
  private noteOpened(document: ShownDocument): void {
    if (!document.mark) return;
    document.mark = "";
    void request("PUT", `/api/versions/${document.version_id}/look`).catch(() => undefined);
  }

  private showMemos(): void {
    const { versionId } = this.memos;
    const isHere = versionId === this.reader.document?.version_id;
    this.pen.show(isHere ? { versionId, page: this.reader.page } : { versionId: 0, page: 0 });
    this.tools.refresh();
  }

  private stopSharing(): void {
    this.pen.isShared = false;
  }

  /** What can be done with a drawing that others see or that another wrote. */
  private showNamed(memo: Memo): void {
    if (memo.is_mine) return void showMemos(this.drawer, this.memos, this.reader);
    this.drawer.open(
      `${memo.author}さんのメモ`,
      this.drawer.list(
        [
          this.drawer.choice(
            "ほかの人のメモを隠す",
            () => this.hideOthers(true),
            "「その他」でまた見せられます",
          ),
        ],
        "",
      ),
    );
  }

  private hideOthers(isHidden: boolean): void {
    this.pen.hidesOthers = isHidden;
    this.showMemos();
  }

  /** Somebody shared a memo on this document, or took one back. */
  private reloadMemos(documentId: number): void {
    if (documentId === this.reader.document?.id)
      void this.memos.load(this.reader.document.version_id);
  }

  private write(isOn: boolean): void {
    if (this.isPointing) this.togglePointing();
    this.pen.turn(isOn);
    this.reader.isHeld = isOn;
    this.tools.bar.hidden = !isOn;
    this.tools.refresh();
    this.root.classList.toggle("is-writing", isOn);
    this.memo.setAttribute("aria-pressed", String(isOn));
    if (!isOn) this.goOn();
  }

  /** What came while this person wrote. */
  private goOn(): void {
    this.showReplaced();
    const isWaiting = this.isTurnWaiting;
    this.isTurnWaiting = false;
    if (isWaiting && this.isFollowing && this.state) this.showTurn(this.state);
    this.showState();
  }

  /** For this person's own eyes: nobody else's page changes, and a follower goes on following. */
  private fitToWidth(isWide: boolean): void {
    this.reader.sheet.fitToWidth(isWide);
    this.beside.fitToWidth(isWide);
    if (this.isShowing) this.acted();
  }

  private addressed(): ShownDocument | undefined {
    return this.data.documents.find(
      (entry) => new URL(entry.url, location.href).pathname === location.pathname,
    );
  }

  private followAddress(): void {
    const document = this.addressed();
    if (document && document.id !== this.reader.document?.id) this.reader.go(document);
  }

  private showPlace(): void {
    const { reader } = this;
    this.number.value = String(reader.page);
    this.count.textContent = `／${reader.count} 頁`;
    this.previousDocument.disabled = reader.index <= 0;
    this.nextDocument.disabled = reader.index === reader.documents.length - 1;
    this.previous.disabled = reader.page <= 1 && reader.index <= 0;
    this.next.disabled = reader.page >= reader.count && this.nextDocument.disabled;
  }

  private showState(): void {
    const { state, isPresenting, isFollowing } = this;
    const { me, meeting } = this.data;
    this.root.dataset.mode = isFollowing ? "follow" : "own";
    this.root.dataset.presenting = isPresenting ? "yes" : "no";
    this.root.dataset.showing = this.isShowing ? "yes" : "no";
    this.now.textContent = whatIsGoingOn(state, this.data.items);
    this.now.hidden = !this.now.textContent;
    this.lostSign.textContent = `通信が切れています。届いている資料は読めます。${isFollowing && state?.turn ? "戻ると、発表の頁に自動で合わせます。" : ""}`;
    this.followTab.setAttribute("aria-pressed", String(isFollowing));
    this.ownTab.setAttribute("aria-pressed", String(!isFollowing));
    this.wayBack.hidden = !state?.turn || (isFollowing && !this.isTurnWaiting);
    if (state?.turn) this.wayBack.textContent = this.wordsOfWayBack(state);
    const mayShow = isPresenting || (me.may_present && (!state?.presenter || me.may_take));
    this.showToAll.hidden = !meeting.is_open || !mayShow;
    this.showToAll.setAttribute("aria-pressed", String(this.isShowing));
    this.showToAll.textContent = this.wordsOfShowing();
    this.showToAll.setAttribute("aria-label", this.showToAll.textContent);
    this.lead.hidden = !meeting.is_open || !(isPresenting || me.may_take || me.may_change_item);
    this.pointing.hidden = !this.isShowing;
    if (!this.isShowing && this.isPointing) this.togglePointing();
  }

  private wordsOfShowing(): string {
    if (this.isShowing) return "みんなに見せています";
    if (this.isPresenting) return "この頁をみんなに見せる";
    return this.state?.presenter ? "発表を引き取る" : "みんなに見せる";
  }

  private wordsOfWayBack(state: LiveState): string {
    const place = whereThePresenterIs(state, this.data.documents);
    if (this.isTurnWaiting) return `メモを終えて、発表に合わせる（いま ${place}）`;
    return this.isPresenting
      ? `みんなに見えている頁に戻る（いま ${place}）`
      : `発表に戻る（いま ${place}）`;
  }

  private showKept(kept: number, of: number): void {
    this.root.dataset.kept = `${kept}/${of}`;
    this.linkSign.title = `資料 ${kept}／${of}件をこの端末に保存しました（会議の間だけ）`;
  }

  private showLink(link: Link): void {
    this.root.dataset.link = link;
    this.linkSign.textContent = LINK_WORDS[link];
    this.linkSign.dataset.link = link;
    this.lostSign.hidden = link !== "lost";
  }

  private async togglePresenting(): Promise<void> {
    await this.tryTo(async () => {
      if (this.isShowing) return this.live?.take(await this.presenter.stop());
      if (!this.isPresenting) await this.beginPresenting();
      this.isFollowing = true;
      this.acted();
    });
  }

  private async beginPresenting(): Promise<void> {
    this.isBeginning = true;
    try {
      const state = await this.presenter.begin();
      this.isFollowing = true;
      this.presenter.acknowledged = Math.max(this.presenter.acknowledged, state.sequence);
      this.live?.take(state);
    } finally {
      this.isBeginning = false;
    }
  }

  private showLead(): void {
    const lines: HTMLElement[] = [];
    const { me, meeting, items } = this.data;
    if (this.isPresenting || me.may_take) {
      lines.push(
        this.drawer.choice(
          "発表をほかの人に渡す",
          () =>
            void this.drawer.showPeople(
              "発表を渡す相手",
              meeting.id,
              this.state?.presenter?.id,
              (person) => void this.handOver(person.id),
            ),
        ),
      );
    }
    if (this.isPresenting || me.may_change_item) {
      lines.push(
        this.drawer.choice("審議中の議題を進める", () =>
          this.drawer.showItems(
            items,
            this.state?.agenda_item_id ?? null,
            (item) =>
              void this.tryTo(async () =>
                this.live?.take(await this.presenter.changeItem(item.id)),
              ),
          ),
        ),
      );
    }
    if (this.state?.presenter && (this.isPresenting || me.may_take)) {
      lines.push(
        this.drawer.choice(
          "発表を終える",
          () => void this.tryTo(async () => this.live?.take(await this.presenter.stop())),
        ),
      );
    }
    const who = this.state?.presenter
      ? `いま発表しているのは ${this.state.presenter.name}さんです。`
      : "いまは誰も発表していません。";
    this.drawer.open(
      "発表の操作",
      make("p", {}, who),
      this.drawer.list(lines, "できる操作はありません。"),
    );
  }

  private async handOver(personId: number): Promise<void> {
    await this.tryTo(async () => this.live?.take(await this.presenter.handOver(personId)));
  }

  private togglePointing(): void {
    if (this.pen.isOn) this.write(false);
    this.isPointing = !this.isPointing;
    this.pointing.setAttribute("aria-pressed", String(this.isPointing));
    this.reader.isHeld = this.isPointing;
    this.root.classList.toggle("is-pointing", this.isPointing);
    const place = this.reader.place;
    if (!this.isPointing && place) {
      this.presenter.point(place.document.version_id, place.page, null);
      this.reader.sheet.showPointer(0, 0, false);
    }
  }

  private point(event: PointerEvent): void {
    const place = this.reader.place;
    if (!this.isPointing || !place) return;
    const { size } = this.reader.sheet;
    const point = this.reader.sheet.pointAt(event.clientX, event.clientY);
    const at = { x: point.x / size.width, y: point.y / size.height };
    if (at.x < 0 || at.y < 0 || at.x > 1 || at.y > 1) return;
    this.reader.sheet.showPointer(at.x, at.y, true);
    this.presenter.point(place.document.version_id, place.page, at);
  }

  private showPointer(pointer: Pointer): void {
    const place = this.reader.place;
    if (
      this.isPresenting ||
      place?.document.version_id !== pointer.version_id ||
      place.page !== pointer.page
    )
      return;
    this.reader.sheet.showPointer(pointer.x, pointer.y, pointer.is_shown);
  }

  private showMore(): void {
    const { documents, index } = this.reader;
    const [before, after] = [documents[index - 1], documents[index + 1]];
    const lines = [
      ...(before
        ? [this.drawer.choice("前の資料", () => this.reader.step(-1), nameOf(before))]
        : []),
      ...(after ? [this.drawer.choice("次の資料", () => this.reader.step(1), nameOf(after))] : []),
      this.drawer.choice("メモの一覧", () => void showMemos(this.drawer, this.memos, this.reader)),
      this.drawer.choice(
        this.pen.hidesOthers ? "ほかの人のメモを見せる" : "ほかの人のメモを隠す",
        () => this.hideOthers(!this.pen.hidesOthers),
      ),
      this.drawer.choice("しおりの一覧", () => this.bookmarks.show(this.drawer)),
      this.drawer.choice(
        "これまでに発表された頁",
        () => void this.drawer.showShownPages(this.data.meeting.id, this.reader),
      ),
      ...(this.data.me.may_hear
        ? [this.drawer.choice("この頁の発言", () => void showMoments(this.drawer, this.reader))]
        : []),
      this.drawer.choice(this.beside.isOpen ? "1つの資料に戻す" : "2つの資料を並べて読む", () =>
        this.beside.toggle(),
      ),
    ];
    const open = this.reader.document;
    if (open && open.version > 1)
      lines.push(
        this.drawer.choice("前の版から変わったところ", () =>
          location.assign(`/versions/${open.version_id}/comparison`),
        ),
      );
    if (open?.may_print)
      lines.push(
        this.drawer.choice("この資料を印刷する", () =>
          window.open(`/versions/${open.version_id}/print`, "_blank"),
        ),
      );
    if (open?.changes_url)
      lines.push(
        this.drawer.choice(`第${open.version}版で変わった頁を見る`, () =>
          location.assign(open.changes_url),
        ),
      );
    if (open?.may_download)
      lines.push(
        this.drawer.choice("この資料を保存する", () =>
          location.assign(`/versions/${open.version_id}/download`),
        ),
      );
    this.drawer.open("そのほかの操作", this.drawer.list(lines, ""));
  }

  /** The documents changed: fetch their list, and show what is being shown. */
  private async refresh(state: LiveState): Promise<void> {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    try {
      // A thousand terminals learn of it at once: those that miss nothing yet do not all ask at once.
      const isMissed =
        state.turn &&
        !this.data.documents.some((entry) => entry.version_id === state.turn?.version_id);
      if (!isMissed) await new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
      const old = this.data.documents;
      this.data = {
        ...this.data,
        ...(await request<ViewerData>("GET", this.data.data_url)),
        start: this.data.start,
      };
      this.reader.replaceDocuments(this.data.documents);
      this.beside.replaceDocuments(this.data.documents);
      this.tellWhatIsNew(old);
      void this.keeper.keep(this.data);
      this.showReplaced();
      if (this.isFollowing && this.state) this.showTurn(this.state);
      this.showState();
      if (this.reader.document) this.showPlace();
    } catch {
      // The next state is newer than what we have, too, and asks once more.
    } finally {
      this.isRefreshing = false;
    }
  }

  private tellWhatIsNew(old: ShownDocument[]): void {
    const known = new Map(old.map((entry) => [entry.id, entry.version_id]));
    const added = this.data.documents.filter((entry) => !known.has(entry.id));
    const replaced = this.data.documents.filter(
      (entry) => known.has(entry.id) && known.get(entry.id) !== entry.version_id,
    );
    const words = [
      ...added.map((entry) => `${quoted(entry.title)}が加わりました。`),
      ...replaced.map(
        (entry) =>
          `${quoted(entry.title)}が第${entry.version}版に差し替わりました。変わったところは「その他」から見られます。`,
      ),
    ];
    if (words.length) this.tell(words.join(""));
  }

  /** The document that is open has a newer version: go there, on the same page or the last one. */
  private showReplaced(): void {
    const open = this.reader.document;
    const now = open && this.data.documents.find((entry) => entry.id === open.id);
    if (!now || now.version_id === open.version_id || this.pen.isOn) return;
    void this.reader.show(now, Math.min(this.reader.page, now.page_count));
    if (this.isPresenting) this.acted();
  }

  private key(event: KeyboardEvent): void {
    const isTyping =
      event.target instanceof HTMLInputElement ||
      event.target instanceof HTMLTextAreaElement ||
      this.drawer.isOpen;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton =
      event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    const { reader } = this;
    const acts: Record<string, () => void> = {
      ArrowRight: () => reader.turn(1),
      PageDown: () => reader.turn(1),
      ArrowLeft: () => reader.turn(-1),
      PageUp: () => reader.turn(-1),
      Home: () => reader.goTo(1),
      End: () => reader.goTo(reader.count),
      "+": () => reader.zoom(1),
      "-": () => reader.zoom(-1),
    };
    if (!isButton) acts[" "] = () => reader.turn(event.shiftKey ? -1 : 1);
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** The bars leave after three seconds on a touch screen, never while something in them is used. */
  private showBars(): void {
    this.root.classList.remove("bars-hidden");
    clearTimeout(this.hideTimer);
    if (!matchMedia("(pointer: coarse)").matches) return;
    this.hideTimer = window.setTimeout(() => {
      const isUsed =
        this.top.contains(document.activeElement) || this.strip.contains(document.activeElement);
      const isNeeded = this.reader.isHeld || this.beside.isOpen || this.drawer.isOpen;
      if (!isUsed && !isNeeded && this.reader.pages) this.root.classList.add("bars-hidden");
    }, HIDE_MS);
  }

  private async tryTo(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (problem) {
      this.tellProblem(problem);
    }
  }

  private tellProblem(problem: unknown): void {
    this.tell(sentenceOf(problem, "通信が切れているため、いまはできません。"));
  }

  /** A sentence that everybody sees, for a while. */
  private tell(words: string): void {
    this.notice.textContent = words;
    this.notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => (this.notice.hidden = true), 8000);
  }

  private say(words: string): void {
    this.spoken.textContent = words;
  }
}

const root = document.getElementById("viewer");
const data = document.getElementById("viewer-data");
if (root && data) new Viewer(root, JSON.parse(data.textContent ?? "") as ViewerData);
