/** 並べて読む: a second document on the right (below on an upright screen), leafed on its own. */

import { button, make } from "../../base/elements";
import { nameOf, type ShownDocument } from "../data";
import type { Drawer } from "../drawer";
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

export class SecondDocument {
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
    const title = make("span", { class: "viewer-place-title" });
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
    const place = make("span", { class: "viewer-place" });
    place.append(title, page);
    const bar = make("div", { class: "stage-beside-bar" });
    bar.append(
      button("‹", () => reader.turn(-1), "", "右の前の頁"),
      place,
      button("›", () => reader.turn(1), "", "右の次の頁"),
      button("資料を選ぶ", () => this.drawer.showContents(reader), "", "右の資料を選ぶ"),
      button("閉じる", () => this.toggle(), "", "並べるのをやめる"),
    );
    const pane = make("div", { class: "stage-beside" });
    pane.append(bar, reader.stage);
    this.stages.append(pane);
    return reader;
  }
}
