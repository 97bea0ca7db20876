/** 並べて読む: a second document on the right (below on an upright screen), leafed on its own. */

import { nameOf, type ShownDocument } from "./data";
import { button, make } from "./dom";
import type { Drawer } from "./drawer";
import { Reader } from "./reader";

export interface BesideListener {
  /** The second document came or went. */
  onToggle(isOpen: boolean): void;
  onTapMiddle(): void;
  /** Both documents as wide as there is room, or whole again. */
  fitToWidth(isWide: boolean): void;
  say(words: string): void;
  watermarkOf(document: ShownDocument): string;
}

export class Beside {
  private reader: Reader | null = null;
  private isWideForTwo = false;

  constructor(
    private readonly stages: HTMLElement,
    private readonly main: Reader,
    private readonly drawer: Drawer,
    private readonly listener: BesideListener,
  ) {}

  get isOpen(): boolean {
    return this.reader !== null;
  }

  toggle(): void {
    if (this.reader) this.close(this.reader);
    else this.open();
    this.listener.onToggle(this.isOpen);
  }

  fitToWidth(isWide: boolean): void {
    this.reader?.sheet.fitToWidth(isWide);
  }

  replaceDocuments(documents: ShownDocument[]): void {
    this.reader?.replaceDocuments(documents);
  }

  private open(): void {
    const isWide = this.main.sheet.isFittedToWidth;
    this.reader = this.build();
    // One above the other there is width, and little height.
    this.isWideForTwo = !isWide && matchMedia("(orientation: portrait)").matches;
    if (this.isWideForTwo) this.listener.fitToWidth(true);
    else this.fitToWidth(isWide);
    const document = this.main.documents[this.main.index + 1] ?? this.main.documents[0];
    if (document) void this.reader.show(document, 1);
  }

  private close(reader: Reader): void {
    reader.close();
    this.stages.lastElementChild?.remove();
    this.reader = null;
    if (this.isWideForTwo && this.main.sheet.isFittedToWidth) this.listener.fitToWidth(false);
  }

  private build(): Reader {
    const title = make("span", "viewer-place-title");
    const page = make("span");
    const { listener } = this;
    const reader: Reader = new Reader(
      this.main.documents,
      {
        onAct: () => undefined,
        onShown: ({ document }) => {
          title.textContent = nameOf(document);
          page.textContent = `${reader.page}／${reader.count} 頁`;
          reader.sheet.showWatermark(listener.watermarkOf(document));
        },
        onTapMiddle: () => listener.onTapMiddle(),
        say: (words) => listener.say(words),
      },
      "並べて読む資料の頁",
    );
    const place = make("span", "viewer-place");
    place.append(title, page);
    const bar = make("div", "stage-beside-bar");
    bar.append(
      button("右の前の頁", "‹", () => reader.turn(-1)),
      place,
      button("右の次の頁", "›", () => reader.turn(1)),
      button("右の資料を選ぶ", "資料を選ぶ", () => this.drawer.showContents(reader)),
      button("並べるのをやめる", "閉じる", () => this.toggle()),
    );
    const pane = make("div", "stage-beside");
    pane.append(bar, reader.stage);
    this.stages.append(pane);
    return reader;
  }
}
