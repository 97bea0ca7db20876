/** One stage with one document: opening it, leafing, and on to the next one of the agenda. */

import { button, make } from "../../base/elements";
import type { Place, ShownDocument } from "../data";
import { listenToFingers } from "./fingers";
import type { Area } from "./geometry";
import { Cancelled, Pages, sentenceFor } from "./pages";
import { Sheet } from "./sheet";

const EDGE = 0.2;
const ZOOM_STEP = 1.25;

export interface ReaderListener {
  /** The person leafed, went to another document or moved the page. */
  onAct(): void;
  /** Another page is drawn. */
  onShown(place: Place): void;
  onTapMiddle(): void;
  say(words: string): void;
}

export class Reader {
  readonly stage = make("div", { class: "stage" });
  readonly sheet = new Sheet(this.stage);
  page = 1;
  document: ShownDocument | null = null;
  pages: Pages | null = null;
  /** While the pen is in use, fingers and mouse do not leaf. */
  isHeld = false;
  private area: Area | null = null;
  private opening = 0;

  constructor(
    public documents: ShownDocument[],
    private readonly listener: ReaderListener,
    label: string,
  ) {
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "region");
    this.stage.setAttribute("aria-label", label);
    this.sheet.onMoved = () => this.listener.onAct();
    this.listen();
  }

  get index(): number {
    return this.documents.findIndex((entry) => entry.id === this.document?.id);
  }

  get count(): number {
    return this.pages?.count ?? this.document?.page_count ?? 0;
  }

  get place(): Place | null {
    return this.document && { document: this.document, page: this.page };
  }

  /** The visible part of the page that is meant; null while it is not drawn yet. */
  get shownArea(): Area | null {
    return this.sheet.number === this.page ? this.sheet.area() : null;
  }

  /** The page is turned to and will be drawn as large as this person reads: which part of it is
   * seen is not known yet. */
  get isYetToBeEnlarged(): boolean {
    return this.sheet.number !== this.page && this.sheet.isEnlarged;
  }

  /** Whether this page of this version is open here, at least on its way to the screen. */
  isOn(versionId: number, page: number): boolean {
    return this.pages !== null && this.document?.version_id === versionId && this.page === page;
  }

  /** Show this page, or `area` of it as large as fits. The file is opened when it is another one. */
  async show(document: ShownDocument, page: number, area: Area | null = null): Promise<void> {
    const isOther = document.version_id !== this.document?.version_id || !this.pages;
    this.document = document;
    this.page = page;
    this.area = area;
    if (!isOther) return this.draw();
    const turn = ++this.opening;
    const old = this.pages;
    this.pages = null;
    this.sheet.clear();
    this.showWords(`「${document.title}」を読み込み中…`);
    this.listener.say(`${document.title} を読み込み中`);
    void old?.close();
    try {
      const opened = await Pages.open(document.file_url);
      if (turn !== this.opening) return void opened.close();
      this.pages = opened;
      await this.draw();
    } catch (problem) {
      if (turn === this.opening) this.showProblem(problem);
    }
  }

  turn(by: number): void {
    if (!this.document) return;
    if (this.page + by > this.count) return this.step(1);
    if (this.page + by < 1) return this.step(-1, true);
    this.goTo(this.page + by);
  }

  goTo(page: number): void {
    if (!this.document || !Number.isInteger(page)) return;
    void this.show(this.document, Math.min(Math.max(1, page), this.count));
    this.listener.onAct();
  }

  go(document: ShownDocument, page = 1): void {
    void this.show(document, page);
    this.listener.onAct();
  }

  step(by: number, toItsEnd = false): void {
    const document = this.documents[this.index + by];
    if (!document)
      return this.listener.say(by > 0 ? "最後の資料の最後の頁です" : "最初の資料の最初の頁です");
    this.go(document, toItsEnd ? document.page_count : 1);
  }

  zoom(by: number): void {
    this.sheet.setZoom(this.sheet.zoom * ZOOM_STEP ** (2 * by));
  }

  /** The documents of the meeting changed; the one that is open stays open. */
  replaceDocuments(documents: ShownDocument[]): void {
    this.documents = documents;
    this.document =
      documents.find((entry) => entry.version_id === this.document?.version_id) ?? this.document;
  }

  close(): void {
    this.opening++;
    void this.pages?.close();
    this.pages = null;
    this.sheet.clear();
  }

  private async draw(): Promise<void> {
    const { pages, document } = this;
    if (!pages || !document) return;
    this.page = Math.min(Math.max(1, this.page), pages.count);
    try {
      await this.sheet.show(pages, this.page, this.area);
      this.listener.onShown({ document, page: this.page });
    } catch (problem) {
      if (!(problem instanceof Cancelled) && pages === this.pages) this.showProblem(problem);
    }
  }

  private listen(): void {
    listenToFingers(this.stage, {
      onTap: (clientX) => this.tap(clientX),
      onSwipe: (direction) => {
        if (!this.isHeld) this.turn(direction);
      },
      goesOn: (direction) => this.sheet.goesOn(direction),
    });
    this.stage.addEventListener("dblclick", ({ clientX }) => {
      if (!this.isHeld && this.edgeAt(clientX) === 0)
        this.sheet.setZoom(this.sheet.zoom > 1.01 ? 1 : 2);
    });
  }

  /** At the left or right edge a tap turns the page, in the middle it shows or hides the bars; so
   * it does everywhere on a page that is wider than the stage. */
  private tap(clientX: number): void {
    const edge = this.edgeAt(clientX);
    if (this.isHeld || edge === 0) this.listener.onTapMiddle();
    else this.turn(edge);
  }

  private edgeAt(clientX: number): -1 | 0 | 1 {
    if (this.sheet.goesOn(-1) || this.sheet.goesOn(1)) return 0;
    const box = this.stage.getBoundingClientRect();
    const where = (clientX - box.left) / box.width;
    return where < EDGE ? -1 : where > 1 - EDGE ? 1 : 0;
  }

  private showProblem(problem: unknown): void {
    const again = button("もう一度読み込む", () => {
      if (!this.document) return;
      this.pages = null;
      void this.show(this.document, this.page, this.area);
    });
    this.showWords(sentenceFor(problem)).append(again);
  }

  showWords(words: string): HTMLElement {
    const box = make("div", { class: "viewer-words" });
    box.append(make("p", {}, words));
    this.stage.replaceChildren(box);
    return box;
  }
}
