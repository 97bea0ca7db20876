/** The drawers that 「発表の操作」 and 「その他」 open. */

import { make } from "../base/elements";
import { nameOf, type ShownDocument, type ViewerData } from "./data";
import type { Drawer } from "./drawer";
import type { Bookmarks } from "./finding/bookmarks";
import { showMoments } from "./finding/moments";
import type { Writing } from "./memos/writing";
import type { Following } from "./presenting/following";
import type { Reader } from "./reading/reader";
import type { SecondDocument } from "./reading/second-document";

/** The parts of the viewer to which the choices turn. */
export interface ChosenParts {
  readonly data: ViewerData;
  readonly drawer: Drawer;
  readonly reader: Reader;
  readonly beside: SecondDocument;
  readonly writing: Writing;
  readonly bookmarks: Bookmarks;
  readonly following: Following;
}

export function showLeadMenu({ data, drawer, following }: ChosenParts): void {
  const { me, meeting, items } = data;
  const { state, isPresenting } = following;
  const lines: HTMLElement[] = [];
  const handOver = (): void =>
    void drawer.showPeople(
      "発表を渡す相手",
      meeting.id,
      state?.presenter?.id,
      (person) => void following.ask((presenter) => presenter.handOver(person.id)),
    );
  const goOn = (): void =>
    drawer.showItems(
      items,
      following.state?.agenda_item_id ?? null,
      (item) => void following.ask((presenter) => presenter.changeItem(item.id)),
    );
  const stop = (): void => void following.ask((presenter) => presenter.stop());
  if (isPresenting || me.may_take) lines.push(drawer.choice("発表をほかの人に渡す", handOver));
  if (isPresenting || me.may_change_item) lines.push(drawer.choice("審議中の議題を進める", goOn));
  if (state?.presenter && (isPresenting || me.may_take))
    lines.push(drawer.choice("発表を終える", stop));
  const who = state?.presenter
    ? `いま発表しているのは ${state.presenter.name}さんです。`
    : "いまは誰も発表していません。";
  const list = drawer.list(lines, "できる操作はありません。");
  drawer.open("発表の操作", make("p", {}, who), list);
}

export function showMoreMenu(viewer: ChosenParts): void {
  const { drawer, reader } = viewer;
  const lines = [
    ...waysToOthers(viewer),
    ...whatIsOnPages(viewer),
    ...(reader.document ? waysOutOf(drawer, reader.document) : []),
  ];
  drawer.open("そのほかの操作", drawer.list(lines, ""));
}

function waysToOthers({ drawer, reader }: ChosenParts): HTMLElement[] {
  const { documents, index } = reader;
  const [before, after] = [documents[index - 1], documents[index + 1]];
  const lines: HTMLElement[] = [];
  if (before) lines.push(drawer.choice("前の資料", () => reader.step(-1), nameOf(before)));
  if (after) lines.push(drawer.choice("次の資料", () => reader.step(1), nameOf(after)));
  return lines;
}

function whatIsOnPages(viewer: ChosenParts): HTMLElement[] {
  const { data, drawer, reader, writing, bookmarks, beside } = viewer;
  const { hidesOthers } = writing;
  const hiding = hidesOthers ? "ほかの人のメモを見せる" : "ほかの人のメモを隠す";
  const showShown = (): void => void drawer.showShownPages(data.meeting.id, reader);
  const lines = [
    drawer.choice("メモの一覧", () => writing.list()),
    drawer.choice(hiding, () => (writing.hidesOthers = !hidesOthers)),
    drawer.choice("しおりの一覧", () => bookmarks.show(drawer)),
    drawer.choice("これまでに発表された頁", showShown),
  ];
  if (data.me.may_hear)
    lines.push(drawer.choice("この頁の発言", () => void showMoments(drawer, reader)));
  const two = beside.isOpen ? "1つの資料に戻す" : "2つの資料を並べて読む";
  return [...lines, drawer.choice(two, () => beside.toggle())];
}

function waysOutOf(drawer: Drawer, open: ShownDocument): HTMLElement[] {
  const go = (words: string, url: string): HTMLElement =>
    drawer.choice(words, () => location.assign(url));
  const print = (): void => void window.open(`/versions/${open.version_id}/print`, "_blank");
  const lines: HTMLElement[] = [];
  if (open.version > 1)
    lines.push(go("前の版から変わったところ", `/versions/${open.version_id}/comparison`));
  if (open.may_print) lines.push(drawer.choice("この資料を印刷する", print));
  if (open.changes_url) lines.push(go(`第${open.version}版で変わった頁を見る`, open.changes_url));
  if (open.may_download)
    lines.push(go("この資料を保存する", `/versions/${open.version_id}/download`));
  return lines;
}
