/** 資料: a document fills the screen; leafing, zooming, and on to the next one of the agenda. */

import { Cancelled, Pages, sentenceFor } from "./viewer/pages";

interface Document {
  id: number;
  title: string;
  item_number: string;
  item_title: string;
  version: number;
  page_count: number;
  file_url: string;
  url: string;
}

interface ViewerData {
  meeting: { title: string; url: string };
  documents: Document[];
  current: number;
  page: number;
}

const HIDE_MS = 3000;
const SWIPE_PIXELS = 60;
const EDGE = 0.2;
const ZOOMS = [1, 1.25, 1.5, 2, 3, 4];
const THUMBNAIL_WIDTH = 120;

class Viewer {
  private readonly stage = make("div", "stage");
  private readonly top = make("header", "viewer-bar viewer-top");
  private readonly strip = make("nav", "viewer-bar viewer-strip");
  private readonly spoken = make("p", "visually-hidden");
  private readonly title = make("h1", "viewer-title");
  private readonly number = make("input", "viewer-number");
  private readonly count = make("span", "");
  private readonly drawer = make("dialog", "viewer-drawer");
  private readonly previous = this.button("前の頁", "‹", () => this.turn(-1));
  private readonly next = this.button("次の頁", "›", () => this.turn(1));
  private readonly nextDocument = this.button("次の資料", "次の資料 »", () => this.stepDocument(1));
  private readonly previousDocument = this.button("前の資料", "« 前の資料", () => this.stepDocument(-1));
  private pages: Pages | null = null;
  private page = 1;
  private zoom = 0;
  private index: number;
  private drawing = 0;
  private hideTimer = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly data: ViewerData,
  ) {
    this.index = Math.max(0, data.documents.findIndex((d) => d.id === data.current));
    this.build();
    this.listen();
    void this.open(this.index, data.page);
  }

  private get document(): Document {
    return this.data.documents[this.index]!;
  }

  private build(): void {
    const back = make("a", "button");
    back.href = this.data.meeting.url;
    back.textContent = "会議に戻る";
    this.top.append(back, this.title);
    this.number.type = "text";
    this.number.inputMode = "numeric";
    this.number.setAttribute("aria-label", "表示する頁");
    this.spoken.setAttribute("role", "status");
    this.strip.setAttribute("aria-label", "頁と資料");
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "region");
    this.stage.setAttribute("aria-label", "資料の頁");
    const place = make("span", "viewer-place");
    place.append(this.number, this.count);
    this.strip.append(
      this.previousDocument,
      this.previous,
      place,
      this.next,
      this.button("縮小", "－", () => this.setZoom(this.zoom - 1)),
      this.button("拡大", "＋", () => this.setZoom(this.zoom + 1)),
      this.button("頁の一覧", "一覧", () => this.showThumbnails()),
      this.button("目次", "目次", () => this.showAgenda()),
      this.nextDocument,
    );
    this.root.append(this.top, this.stage, this.strip, this.spoken, this.drawer);
  }

  private listen(): void {
    addEventListener("keydown", (event) => this.key(event));
    addEventListener("resize", () => void this.draw());
    addEventListener("popstate", () => this.followAddress());
    this.number.addEventListener("change", () => this.goTo(Number(this.number.value.normalize("NFKC"))));
    this.drawer.addEventListener("click", (event) => {
      if (event.target === this.drawer) this.drawer.close();
    });
    this.listenToFingers();
    for (const kind of ["pointermove", "keydown", "focusin"]) {
      this.root.addEventListener(kind, () => this.showBars());
    }
    this.showBars();
  }

  private listenToFingers(): void {
    let startX = 0;
    let startY = 0;
    this.stage.addEventListener("pointerdown", (event) => {
      startX = event.clientX;
      startY = event.clientY;
    });
    this.stage.addEventListener("pointerup", (event) => {
      const dx = event.clientX - startX;
      const isTouch = event.pointerType === "touch";
      if (this.zoom > 0 || getSelection()?.toString()) return;
      if (isTouch && Math.abs(dx) > SWIPE_PIXELS && Math.abs(dx) > 2 * Math.abs(event.clientY - startY)) {
        this.turn(dx < 0 ? 1 : -1);
      } else if (Math.abs(dx) < 10) {
        this.tap(event.clientX / innerWidth);
      }
    });
    this.stage.addEventListener("dblclick", () => this.setZoom(this.zoom ? 0 : 3));
  }

  /** At the left or right edge a tap turns the page, in the middle it shows or hides the bars. */
  private tap(where: number): void {
    if (where < EDGE) this.turn(-1);
    else if (where > 1 - EDGE) this.turn(1);
    else if (this.root.classList.contains("bars-hidden")) this.showBars();
  }

  private key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement || this.drawer.open;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
    const acts: Record<string, () => void> = {
      ArrowRight: () => this.turn(1),
      PageDown: () => this.turn(1),
      ArrowLeft: () => this.turn(-1),
      PageUp: () => this.turn(-1),
      Home: () => this.goTo(1),
      End: () => this.goTo(this.pages?.count ?? 1),
      "+": () => this.setZoom(this.zoom + 1),
      "-": () => this.setZoom(this.zoom - 1),
    };
    if (!isButton) acts[" "] = () => this.turn(event.shiftKey ? -1 : 1);
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  private async open(index: number, page = 1): Promise<void> {
    this.index = index;
    this.page = page;
    this.zoom = 0;
    const document = this.document;
    this.title.textContent = [document.item_number, document.title].filter(Boolean).join("　");
    window.document.title = `${document.title}｜${this.data.meeting.title}`;
    this.say(`${document.title} を読み込み中`);
    const old = this.pages;
    this.pages = null;
    this.showWords("読み込み中…");
    this.showPlace();
    await old?.close();
    try {
      const opened = await Pages.open(document.file_url);
      if (document !== this.document) return void opened.close();
      this.pages = opened;
      await this.draw();
    } catch (problem) {
      if (document === this.document) this.showProblem(problem);
    }
  }

  private async draw(): Promise<void> {
    const pages = this.pages;
    if (!pages) return;
    const turn = ++this.drawing;
    this.page = Math.min(Math.max(1, this.page), pages.count);
    this.showPlace();
    try {
      const room = { width: this.stage.clientWidth - 16, height: this.stage.clientHeight - 16 };
      const sheet = await pages.draw(this.page, room, ZOOMS[this.zoom]!);
      if (turn !== this.drawing) return;
      this.stage.replaceChildren(sheet);
      this.stage.classList.toggle("is-zoomed", this.zoom > 0);
      this.root.dataset["shown"] = `${this.document.id}:${this.page}`;
      this.say(`${this.page}頁`);
    } catch (problem) {
      if (!(problem instanceof Cancelled) && turn === this.drawing) this.showProblem(problem);
    }
  }

  private turn(by: number): void {
    const count = this.pages?.count ?? this.document.page_count;
    if (this.page + by > count) return this.stepDocument(1);
    if (this.page + by < 1) return this.stepDocument(-1, true);
    this.goTo(this.page + by);
  }

  private goTo(page: number): void {
    if (Number.isInteger(page)) this.page = page;
    void this.draw();
  }

  private setZoom(step: number): void {
    this.zoom = Math.min(Math.max(0, step), ZOOMS.length - 1);
    void this.draw();
  }

  private stepDocument(by: number, toItsEnd = false): void {
    const index = this.index + by;
    const document = this.data.documents[index];
    if (!document) {
      this.say(by > 0 ? "最後の資料です" : "最初の資料です");
      return;
    }
    history.pushState(null, "", document.url);
    void this.open(index, toItsEnd ? document.page_count : 1);
  }

  private followAddress(): void {
    const index = this.data.documents.findIndex((d) => new URL(d.url, location.href).pathname === location.pathname);
    if (index >= 0 && index !== this.index) void this.open(index);
  }

  private showPlace(): void {
    const count = this.pages?.count ?? this.document.page_count;
    this.number.value = String(this.page);
    this.count.textContent = `／${count} 頁`;
    this.previousDocument.disabled = this.index === 0;
    this.nextDocument.disabled = this.index === this.data.documents.length - 1;
    this.previous.disabled = this.page <= 1 && this.index === 0;
    this.next.disabled = this.page >= count && this.nextDocument.disabled;
  }

  private showAgenda(): void {
    const list = make("ol", "lines");
    this.data.documents.forEach((document, index) => {
      const line = make("li", "");
      const choice = this.button(document.title, document.title, () => {
        this.drawer.close();
        this.stepDocument(index - this.index);
      });
      if (index === this.index) choice.setAttribute("aria-current", "true");
      const item = make("span", "quiet");
      item.textContent = [document.item_number, document.item_title].filter(Boolean).join("　");
      line.append(choice, item);
      list.append(line);
    });
    this.openDrawer("資料の目次", list);
  }

  private showThumbnails(): void {
    const list = make("ol", "thumbnails");
    const pages = this.pages;
    if (!pages) return;
    const watcher = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        const number = Number((target as HTMLElement).dataset["page"]);
        void pages.thumbnail(number, THUMBNAIL_WIDTH).then((canvas) => target.prepend(canvas), () => undefined);
      }
    });
    for (let number = 1; number <= pages.count; number++) {
      const choice = this.button(`${number}頁`, `${number}`, () => {
        this.drawer.close();
        this.goTo(number);
      });
      choice.dataset["page"] = String(number);
      if (number === this.page) choice.setAttribute("aria-current", "true");
      const line = make("li", "");
      line.append(choice);
      list.append(line);
      watcher.observe(choice);
    }
    this.openDrawer("頁の一覧", list);
  }

  private openDrawer(words: string, content: HTMLElement): void {
    const heading = make("h2", "");
    heading.textContent = words;
    this.drawer.setAttribute("aria-label", words);
    this.drawer.replaceChildren(heading, this.button("閉じる", "閉じる", () => this.drawer.close()), content);
    this.drawer.showModal();
  }

  private showProblem(problem: unknown): void {
    this.showWords(sentenceFor(problem));
    this.stage.firstElementChild?.append(this.button("もう一度読み込む", "もう一度読み込む", () => void this.open(this.index, this.page)));
  }

  private showWords(words: string): void {
    const box = make("div", "viewer-words");
    const line = make("p", "");
    line.textContent = words;
    box.append(line);
    this.stage.replaceChildren(box);
  }

  /** The bars leave after three seconds on a touch screen, never while something in them is used. */
  private showBars(): void {
    this.root.classList.remove("bars-hidden");
    clearTimeout(this.hideTimer);
    if (!matchMedia("(pointer: coarse)").matches) return;
    this.hideTimer = window.setTimeout(() => {
      const isUsed = this.top.contains(document.activeElement) || this.strip.contains(document.activeElement);
      if (!isUsed && this.pages && !this.drawer.open) this.root.classList.add("bars-hidden");
    }, HIDE_MS);
  }

  private say(words: string): void {
    this.spoken.textContent = words;
  }

  private button(label: string, words: string, press: () => void): HTMLButtonElement {
    const made = make("button", "");
    made.type = "button";
    made.textContent = words;
    if (label !== words) made.setAttribute("aria-label", label);
    made.addEventListener("click", press);
    return made;
  }
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

const root = document.getElementById("viewer");
const data = document.getElementById("viewer-data");
if (root && data) new Viewer(root, JSON.parse(data.textContent ?? "") as ViewerData);
