/** The bar below the page: which page it is, the ways to others, and what else can be done. */

import { button, make } from "../../base/elements";
import type { Drawer } from "../drawer";
import type { Bookmarks } from "../finding/bookmarks";
import type { DocumentSearch } from "../finding/document-search";
import type { Writing } from "../memos/writing";
import type { Reader } from "./reader";

/** The parts of the viewer to which the buttons of the strip turn. */
export interface StrippedParts {
  readonly reader: Reader;
  readonly drawer: Drawer;
  readonly writing: Writing;
  readonly bookmarks: Bookmarks;
  readonly search: DocumentSearch;
  fitToWidth(isWide: boolean): void;
  showMore(): void;
}

export class PageStrip {
  readonly element = make("nav", { class: "viewer-bar viewer-strip", "aria-label": "頁と資料" });
  private readonly number = make("input", {
    class: "viewer-number",
    type: "text",
    inputmode: "numeric",
    "aria-label": "表示する頁",
  });
  private readonly count = make("span");
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly previousDocument: HTMLButtonElement;
  private readonly nextDocument: HTMLButtonElement;

  constructor(private readonly viewer: StrippedParts) {
    const { reader, drawer, writing, bookmarks, search } = viewer;
    const { sheet } = reader;
    const step = (by: number) => (): void => reader.step(by);
    this.previousDocument = button("« 前の資料", step(-1), "viewer-step", "前の資料");
    this.nextDocument = button("次の資料 »", step(1), "viewer-step", "次の資料");
    this.previous = button("‹", () => reader.turn(-1), "", "前の頁");
    this.next = button("›", () => reader.turn(1), "", "次の頁");
    const fit = (): void => viewer.fitToWidth(!sheet.isFittedToWidth);
    const wide = button("幅", fit, "", "幅に合わせる");
    sheet.onFitted = () => wide.setAttribute("aria-pressed", String(sheet.isFittedToWidth));
    this.number.addEventListener("change", () =>
      reader.goTo(Number(this.number.value.normalize("NFKC"))),
    );
    this.element.append(
      this.previousDocument,
      this.previous,
      make("span", { class: "viewer-place" }, this.number, this.count),
      this.next,
      button("－", () => reader.zoom(-1), "", "縮小"),
      button("＋", () => reader.zoom(1), "", "拡大"),
      wide,
      button("一覧", () => drawer.showThumbnails(reader), "viewer-choice", "頁の一覧"),
      button("目次", () => drawer.showContents(reader), "viewer-choice"),
      writing.press,
      bookmarks.press,
      button("検索", () => search.open(), "viewer-choice", "全資料から探す"),
      button("その他", () => viewer.showMore(), "viewer-choice", "そのほかの操作"),
      this.nextDocument,
    );
  }

  show(): void {
    const { reader } = this.viewer;
    this.number.value = String(reader.page);
    this.count.textContent = `／${reader.count} 頁`;
    this.previousDocument.disabled = reader.index <= 0;
    this.nextDocument.disabled = reader.index === reader.documents.length - 1;
    this.previous.disabled = reader.page <= 1 && reader.index <= 0;
    this.next.disabled = reader.page >= reader.count && this.nextDocument.disabled;
  }
}
