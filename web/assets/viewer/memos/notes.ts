/** Drawers of the memos: writing a note, the list of all, those whose page is gone. */

import { button, make, svg } from "../../base/elements";
import { sentenceOf } from "../../base/http";
import type { Drawer } from "../drawer";
import type { Reader } from "../reading/reader";
import { pathOf } from "./ink";
import type { Memo, Written } from "./memo-store";
import { type Memos, type Stranded, stranded } from "./memos";

const KINDS = { ink: "手書き", marker: "マーカー", note: "文字" };

/** Write or read one note. Closing keeps what is typed; an empty note goes away. */
export function openNote(drawer: Drawer, memos: Memos, memo: Memo): void {
  const written = memo.content as Written;
  if (!memo.is_mine)
    return drawer.open(`${memo.author}さんのメモ`, make("p", { class: "memo-text" }, written.text));
  const field = make("textarea");
  field.setAttribute("aria-label", "メモの文");
  field.maxLength = 4000;
  field.value = written.text;
  const keep = () => {
    const text = field.value.trim();
    if (!text) memos.change(memo, { is_erased: true });
    else if (text !== written.text) memos.change(memo, { content: { ...written, text } });
  };
  const buttons = make("div", { class: "actions" });
  buttons.append(
    button("保存", () => drawer.close(), "button-main"),
    shareButton(memos, memo),
    button(
      "消す",
      () => {
        field.value = "";
        drawer.close();
      },
      "",
      "メモを消す",
    ),
  );
  drawer.open("メモ", field, buttons);
  // Closing the window with the note open keeps it as well.
  addEventListener("pagehide", keep);
  drawer.dialog.addEventListener(
    "close",
    () => {
      removeEventListener("pagehide", keep);
      keep();
    },
    { once: true },
  );
  field.focus();
}

export async function showMemos(drawer: Drawer, memos: Memos, reader: Reader): Promise<void> {
  const lines = memos.all().map((memo) => memoLine(drawer, memos, memo, reader));
  const lost = make("div");
  drawer.open(
    "メモの一覧",
    drawer.list(lines, "この資料にメモはまだありません。「メモ」のペンやマーカーで書けます。"),
    lost,
  );
  if (!reader.document) return;
  try {
    const gone = await stranded(reader.document.id);
    if (gone.length)
      lost.append(
        make("h3", {}, `新しい版に頁がないメモ（${gone.length}件）`),
        make("p", { class: "quiet" }, "元の頁と並べて残してあります。"),
      );
    lost.append(...gone.map((memo) => strandedFigure(memo)));
  } catch (problem) {
    lost.append(
      make(
        "p",
        { class: "quiet" },
        sentenceOf(problem, "通信が切れているため、前の版のメモはいま表示できません。"),
      ),
    );
  }
}

function memoLine(drawer: Drawer, memos: Memos, memo: Memo, reader: Reader): HTMLElement {
  const words = memo.kind === "note" ? (memo.content as Written).text : KINDS[memo.kind];
  const who = memo.is_mine ? "" : `${memo.author}さん`;
  const line = drawer.choice(
    `${memo.page}頁　${words}`,
    () => reader.goTo(memo.page),
    [
      who,
      memo.outdated_version
        ? `第${memo.outdated_version}版から（頁が変わりました）`
        : memo.is_carried
          ? "前の版から"
          : "",
      memo.is_shared ? "共有" : "",
    ]
      .filter(Boolean)
      .join("　"),
  );
  if (memo.is_mine) line.append(shareButton(memos, memo));
  return line;
}

function shareButton(memos: Memos, memo: Memo): HTMLButtonElement {
  const words = () => (memo.is_shared ? "自分だけに戻す" : "全員に見せる");
  const press = button(words(), () => {
    memos.change(memo, { is_shared: !memo.is_shared });
    press.textContent = words();
  });
  return press;
}

function strandedFigure(memo: Stranded): HTMLElement {
  const figure = make("figure", { class: "memo-stranded" });
  const paper = make("div", { class: "memo-paper" });
  const picture = make("img");
  picture.src = `/versions/${memo.version_id}/pages/${memo.page}/picture`;
  picture.alt = "";
  paper.append(picture);
  if (memo.kind !== "note") {
    const drawing = svg("svg", { viewBox: `0 0 ${memo.width} ${memo.height}` });
    drawing.append(pathOf(memo));
    paper.append(drawing);
  }
  const words = memo.kind === "note" ? (memo.content as Written).text : KINDS[memo.kind];
  figure.append(make("figcaption", {}, `前の版の${memo.page}頁　${words}`), paper);
  return figure;
}
