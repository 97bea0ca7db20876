/** The tools, in a bar of their own above the strip. */

import { button, make } from "../../base/elements";
import { COLOURS } from "./ink";
import type { Memos } from "./memos";
import type { Pen, Tool } from "./pen";

const TOOLS: [Tool, string][] = [
  ["ink", "ペン"],
  ["marker", "マーカー"],
  ["note", "文字"],
  ["eraser", "消す"],
];

export class ToolBar {
  readonly element = make("div", {
    class: "viewer-bar viewer-pen-bar",
    role: "toolbar",
    "aria-label": "メモの道具",
  });
  private readonly tools = TOOLS.map(([tool, words]) => ({
    tool,
    press: this.choice(words, () => (this.pen.tool = tool)),
  }));
  private readonly colours = Object.entries(COLOURS).map(([colour, { words }]) => {
    const press = this.choice(words, () => (this.pen.colour = colour), "memo-colour");
    press.dataset.colour = colour;
    return { colour, press };
  });
  private readonly undo = button("元に戻す", () => this.memos.undo());
  private readonly redo = button("やり直す", () => this.memos.redo());
  private readonly shared = this.choice(
    "全員に見せる",
    () => (this.pen.isShared = !this.pen.isShared),
    "",
    "書くメモを全員に見せる",
  );
  private readonly waiting = make("span", { class: "quiet", role: "status" });

  constructor(
    private readonly pen: Pen,
    private readonly memos: Memos,
    close: () => void,
    list: () => void,
  ) {
    this.element.append(
      ...this.tools.map(({ press }) => press),
      ...this.colours.map(({ press }) => press),
      this.undo,
      this.redo,
      this.shared,
      button("一覧", list, "", "メモの一覧"),
      button("終える", close, "", "メモを終える"),
      this.waiting,
    );
    this.show();
  }

  show(): void {
    const { pen, memos } = this;
    for (const { tool, press } of this.tools) setPressed(press, pen.tool === tool);
    for (const { colour, press } of this.colours) setPressed(press, pen.colour === colour);
    setPressed(this.shared, pen.isShared);
    this.undo.disabled = !memos.canUndo;
    this.redo.disabled = !memos.canRedo;
    this.waiting.textContent = memos.waiting
      ? `保存を待っているメモ ${memos.waiting}件（この端末に残っています）`
      : "";
  }

  private choice(words: string, act: () => void, ...more: string[]): HTMLButtonElement {
    const choose = (): void => {
      act();
      this.show();
    };
    return button(words, choose, ...more);
  }
}

function setPressed(press: HTMLButtonElement, isPressed: boolean): void {
  press.setAttribute("aria-pressed", String(isPressed));
}
