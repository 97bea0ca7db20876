/** メモ: the pen is taken and put away; whose memos are seen, and what can be done with them. */

import { button, make } from "../../base/elements";
import { Signal } from "../../base/signal";
import type { Announcements } from "../announcements";
import type { Drawer } from "../drawer";
import type { Reader } from "../reading/reader";
import type { Memo } from "./memo-store";
import { Memos } from "./memos";
import { openNote, showMemos } from "./notes";
import { Pen } from "./pen";
import { ToolBar } from "./tool-bar";

export class Writing {
  readonly press = button("メモ", () => this.turn(!this.isOn), "viewer-choice", "メモを書く");
  readonly sharing = make("div", { class: "viewer-sharing", role: "status" });
  readonly tools: ToolBar;
  /** The pen is about to be taken or put away. */
  readonly turning = new Signal();
  readonly ended = new Signal();
  private readonly memos: Memos;
  private readonly pen: Pen;

  constructor(
    private readonly root: HTMLElement,
    private readonly reader: Reader,
    private readonly drawer: Drawer,
    announcements: Announcements,
    personId: number,
  ) {
    this.memos = new Memos(personId);
    this.pen = new Pen(reader.sheet, this.memos);
    this.tools = new ToolBar(
      this.pen,
      this.memos,
      () => this.turn(false),
      () => this.list(),
    );
    this.tools.element.hidden = true;
    this.sharing.append(
      make("p", {}, "いま書くメモは、全員に見えます。"),
      button("やめる", () => (this.pen.isShared = false), "", "全員に見せるのをやめる"),
    );
    this.sharing.hidden = true;
    this.memos.onChange = () => this.show();
    this.memos.onRefused = (sentence) => announcements.tell(sentence);
    this.memos.onSignInNeeded = (sentence) => announcements.tell(sentence);
    this.pen.onNote = (memo) => openNote(drawer, this.memos, memo);
    this.pen.onName = (memo) => this.showNamed(memo);
    this.pen.onSharing = (isShared) => {
      this.sharing.hidden = !isShared;
      this.tools.show();
    };
  }

  get isOn(): boolean {
    return this.pen.isOn;
  }

  /** The person reads without what others wrote. */
  get hidesOthers(): boolean {
    return this.pen.hidesOthers;
  }

  set hidesOthers(isHidden: boolean) {
    this.pen.hidesOthers = isHidden;
    this.show();
  }

  turn(isOn: boolean): void {
    this.turning.send();
    this.pen.turn(isOn);
    this.reader.isHeld = isOn;
    this.tools.element.hidden = !isOn;
    this.tools.show();
    this.root.classList.toggle("is-writing", isOn);
    this.press.setAttribute("aria-pressed", String(isOn));
    if (!isOn) this.ended.send();
  }

  /** Those of the page that is open; fetched where another version is. */
  showAt(versionId: number): void {
    if (this.memos.versionId !== versionId) void this.memos.load(versionId);
    this.show();
  }

  /** Somebody shared a memo on this document, or took one back. */
  reload(documentId: number): void {
    const { document } = this.reader;
    if (documentId === document?.id) void this.memos.load(document.version_id);
  }

  list(): void {
    void showMemos(this.drawer, this.memos, this.reader);
  }

  private show(): void {
    const { versionId } = this.memos;
    const isHere = versionId === this.reader.document?.version_id;
    this.pen.show(isHere ? { versionId, page: this.reader.page } : { versionId: 0, page: 0 });
    this.tools.show();
  }

  /** What can be done with a drawing that others see or that another wrote. */
  private showNamed(memo: Memo): void {
    if (memo.is_mine) return this.list();
    const hiding = this.drawer.choice(
      "ほかの人のメモを隠す",
      () => (this.hidesOthers = true),
      "「その他」でまた見せられます",
    );
    this.drawer.open(`${memo.author}さんのメモ`, this.drawer.list([hiding], ""));
  }
}
