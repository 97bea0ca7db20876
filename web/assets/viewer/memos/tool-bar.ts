/** The tools, in a bar of their own above the strip. */

import { button, make } from "../../base/elements";
import { COLOURS } from "./ink";
import type { Memos } from "./memos";
import type { Pen, Tool } from "./pen";

export function toolBar(
  pen: Pen,
  memos: Memos,
  close: () => void,
  list: () => void,
): { bar: HTMLElement; refresh: () => void } {
  const bar = make("div", { class: "viewer-bar viewer-pen-bar" });
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "メモの道具");
  const tools: [Tool, string][] = [
    ["ink", "ペン"],
    ["marker", "マーカー"],
    ["note", "文字"],
    ["eraser", "消す"],
  ];
  const toolButtons = tools.map(([tool, words]) =>
    button(words, () => choose(() => (pen.tool = tool))),
  );
  const colours = Object.entries(COLOURS).map(([colour, { words }]) => {
    const press = button(words, () => choose(() => (pen.colour = colour)), "memo-colour");
    press.dataset.colour = colour;
    return press;
  });
  const undo = button("元に戻す", () => memos.undo());
  const redo = button("やり直す", () => memos.redo());
  const shared = button(
    "全員に見せる",
    () => choose(() => (pen.isShared = !pen.isShared)),
    "",
    "書くメモを全員に見せる",
  );
  const waiting = make("span", { class: "quiet" });
  waiting.setAttribute("role", "status");
  const choose = (act: () => void) => {
    act();
    refresh();
  };
  const refresh = () => {
    toolButtons.forEach((press, place) =>
      press.setAttribute("aria-pressed", String(pen.tool === tools[place]![0])),
    );
    colours.forEach((press) =>
      press.setAttribute("aria-pressed", String(press.dataset.colour === pen.colour)),
    );
    shared.setAttribute("aria-pressed", String(pen.isShared));
    undo.disabled = !memos.canUndo;
    redo.disabled = !memos.canRedo;
    waiting.textContent = memos.waiting
      ? `保存を待っているメモ ${memos.waiting}件（この端末に残っています）`
      : "";
  };
  bar.append(
    ...toolButtons,
    ...colours,
    undo,
    redo,
    shared,
    button("一覧", list, "", "メモの一覧"),
    button("終える", close, "", "メモを終える"),
    waiting,
  );
  refresh();
  return { bar, refresh };
}
