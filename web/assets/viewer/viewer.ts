/** 資料: a document fills the screen. 「発表」 follows the presenter, 「自分」 is one's own. */

import { make } from "../base/elements";
import { request } from "../base/http";
import { Announcements } from "./announcements";
import { nameOf, type Place, type ShownDocument, type ViewerData } from "./data";
import { DocumentUpdates } from "./document-updates";
import { Drawer } from "./drawer";
import { Bookmarks } from "./finding/bookmarks";
import { DocumentSearch } from "./finding/document-search";
import { Writing } from "./memos/writing";
import { showLeadMenu, showMoreMenu } from "./menus";
import { OfflineDocuments } from "./offline-documents";
import { Following } from "./presenting/following";
import { LiveConnection } from "./presenting/live-connection";
import { Pointing } from "./presenting/pointing";
import { Presenter } from "./presenting/presenter";
import { TopBar } from "./presenting/top-bar";
import { listenToKeys } from "./reading/leafing-keys";
import { PageStrip } from "./reading/page-strip";
import { Reader } from "./reading/reader";
import { SecondDocument } from "./reading/second-document";

const HIDE_MS = 3000;
const SIGNED_OUT = "サインインの期限が切れました。サインインし直してください。";
const CLOSED = "この会議は見られなくなりました。";
const NO_DOCUMENTS = "この会議の資料は、まだありません。登録されると、ここに出ます。";

/** The parts of the viewer, each made once and given the parts that it needs. */
class Viewer {
  live: LiveConnection | null = null;
  readonly announcements = new Announcements();
  readonly drawer = new Drawer();
  readonly keeper = new OfflineDocuments();
  readonly reader: Reader;
  readonly beside: SecondDocument;
  readonly presenter: Presenter;
  readonly writing: Writing;
  readonly bookmarks: Bookmarks;
  readonly search: DocumentSearch;
  readonly following: Following;
  readonly pointing: Pointing;
  readonly top: TopBar;
  readonly strip: PageStrip;
  private readonly updates: DocumentUpdates;
  private readonly stages = make("div", { class: "stages" });
  private hideTimer = 0;

  constructor(
    private readonly root: HTMLElement,
    public data: ViewerData,
  ) {
    const { announcements, drawer } = this;
    const { me, meeting } = data;
    this.presenter = new Presenter(meeting.id, (sentence) => announcements.tell(sentence));
    this.reader = this.newReader();
    this.beside = this.newSecondDocument();
    this.writing = new Writing(root, this.reader, drawer, announcements, me.id);
    this.bookmarks = new Bookmarks(meeting.id, this.reader, (problem) =>
      announcements.tellProblem(problem),
    );
    this.search = new DocumentSearch(meeting.id, this.reader, drawer);
    this.following = new Following(this);
    this.pointing = new Pointing(root, this.reader, this.presenter, this.writing);
    this.top = new TopBar(root, this);
    this.strip = new PageStrip(this);
    this.updates = new DocumentUpdates(this);
    this.build();
    this.listen();
    this.begin();
  }

  /** For this person's own eyes: nobody else's page changes, and a follower goes on following. */
  fitToWidth(isWide: boolean): void {
    this.reader.sheet.fitToWidth(isWide);
    this.beside.fitToWidth(isWide);
    if (this.following.isShowing) this.following.acted();
  }

  showLead(): void {
    showLeadMenu(this);
  }

  showMore(): void {
    showMoreMenu(this);
  }

  private newReader(): Reader {
    const listener = {
      onAct: () => this.following.acted(),
      onShown: (place: Place) => this.shown(place),
      onTapMiddle: () => this.showBars(),
      say: (words: string) => this.announcements.say(words),
    };
    return new Reader(this.data.documents, listener, "資料の頁");
  }

  private newSecondDocument(): SecondDocument {
    return new SecondDocument(this.stages, this.reader, this.drawer, {
      onToggle: (isOpen) => this.root.classList.toggle("is-double", isOpen),
      onTapMiddle: () => this.showBars(),
      fitToWidth: (isWide) => this.fitToWidth(isWide),
      say: (words) => this.announcements.say(words),
      watermarkOf: (document) => this.watermarkOf(document),
    });
  }

  private build(): void {
    const { top, writing, search, announcements } = this;
    const signs = make("div", { class: "viewer-signs" });
    signs.append(top.lostSign, top.wayBack, writing.sharing, search.sign);
    this.stages.append(this.reader.stage);
    this.root.append(
      top.element,
      this.stages,
      signs,
      writing.tools.element,
      this.strip.element,
      announcements.notice,
      announcements.spoken,
      this.drawer.dialog,
    );
  }

  private listen(): void {
    listenToKeys(this.reader, () => this.drawer.isOpen);
    addEventListener("popstate", () => this.followAddress());
    for (const kind of ["pointermove", "keydown", "focusin"])
      this.root.addEventListener(kind, () => this.showBars());
    this.showBars();
  }

  private begin(): void {
    const { start, documents, meeting } = this.data;
    const addressed = this.addressed();
    if (addressed) this.following.isOn = false;
    const document =
      addressed ?? documents.find((entry) => entry.id === start.document) ?? documents[0];
    if (document && !(this.following.isOn && meeting.is_open))
      void this.reader.show(document, start.page);
    else if (!document) this.reader.showWords(NO_DOCUMENTS);
    if (meeting.is_open) this.connect();
    this.keeper.onKept = (kept, of) => this.top.showKept(kept, of);
    void this.keeper.keep(this.data);
    this.top.show();
  }

  private connect(): void {
    this.live = new LiveConnection(`/api/meetings/${this.data.meeting.id}/live`, {
      onState: (state) => {
        void this.updates.take(state);
        this.following.take(state);
      },
      onMemos: (documentId) => this.writing.reload(documentId),
      onPointer: (pointer) => {
        if (!this.following.isPresenting) this.pointing.show(pointer);
      },
      onLink: (link) => this.top.showLink(link),
      onRefused: (status) => this.announcements.tell(status === 401 ? SIGNED_OUT : CLOSED),
    });
  }

  private shown(place: Place): void {
    const { document: open, page } = place;
    this.root.dataset.shown = `${open.id}:${page}`;
    this.root.dataset.version = String(open.version_id);
    this.top.title.textContent = nameOf(open);
    document.title = `${open.title}｜${this.data.meeting.title}`;
    const isElsewhere = location.pathname !== new URL(open.url, location.href).pathname;
    if (!this.following.isOn && isElsewhere) history.pushState(null, "", open.url);
    this.reader.sheet.showWatermark(this.watermarkOf(open));
    this.reader.sheet.showPointer(0, 0, false);
    this.noteOpened(open);
    this.writing.showAt(open.version_id);
    this.bookmarks.refresh();
    this.strip.show();
    this.following.drawn();
    this.announcements.say(`${page}頁`);
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

  private addressed(): ShownDocument | undefined {
    return this.data.documents.find(
      (entry) => new URL(entry.url, location.href).pathname === location.pathname,
    );
  }

  private followAddress(): void {
    const document = this.addressed();
    if (document && document.id !== this.reader.document?.id) this.reader.go(document);
  }

  /** The bars leave after three seconds on a touch screen, never while something in them is used. */
  private showBars(): void {
    this.root.classList.remove("bars-hidden");
    clearTimeout(this.hideTimer);
    if (!matchMedia("(pointer: coarse)").matches) return;
    this.hideTimer = window.setTimeout(() => {
      const { activeElement } = document;
      const isUsed = [this.top, this.strip].some(({ element }) => element.contains(activeElement));
      const isNeeded = this.reader.isHeld || this.beside.isOpen || this.drawer.isOpen;
      if (!isUsed && !isNeeded && this.reader.pages) this.root.classList.add("bars-hidden");
    }, HIDE_MS);
  }
}

const root = document.getElementById("viewer");
const data = document.getElementById("viewer-data");
if (root && data) new Viewer(root, JSON.parse(data.textContent ?? "") as ViewerData);
