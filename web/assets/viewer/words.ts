/** What the viewer says of the presenting, and how it calls documents. */

import type { AgendaEntry, ShownDocument } from "./data";
import type { LiveState } from "./presenting/live-connection";

const LONGEST_TITLE = 16;

/** 「発表　古賀 真由美さん　／　審議中　2　予算」, as far as there is something to say. */
export function whatIsGoingOn(state: LiveState | null, items: AgendaEntry[]): string {
  const item = itemOf(state, items);
  const presenter = state?.presenter ? `発表　${state.presenter.name}さん` : "";
  return [presenter, item ? `審議中　${item.number}　${item.title}` : ""]
    .filter(Boolean)
    .join("　／　");
}

export function itemOf(state: LiveState | null, items: AgendaEntry[]): AgendaEntry | undefined {
  return items.find((entry) => entry.id === state?.agenda_item_id);
}

/** 「2 予算書 9頁」: what everybody is shown. */
export function whereThePresenterIs({ turn }: LiveState, documents: ShownDocument[]): string {
  const document = documents.find((entry) => entry.id === turn?.document_id);
  if (!document) return "別の資料";
  return [document.item_number, shorten(document.title), `${turn?.page}頁`]
    .filter(Boolean)
    .join(" ");
}

/** Titles often say themselves that they are 資料1. */
function quoted(title: string): string {
  return title.startsWith("資料") ? `「${title}」` : `資料「${title}」`;
}

/** What is new among the documents, for the people who read them; empty where nothing is. */
export function newsOf(old: ShownDocument[], now: ShownDocument[]): string {
  const known = new Map(old.map((entry) => [entry.id, entry.version_id]));
  const added = now.filter((entry) => !known.has(entry.id));
  const replaced = now.filter(
    (entry) => known.has(entry.id) && known.get(entry.id) !== entry.version_id,
  );
  const words = [
    ...added.map((entry) => `${quoted(entry.title)}が加わりました。`),
    ...replaced.map(
      (entry) =>
        `${quoted(entry.title)}が第${entry.version}版に差し替わりました。変わったところは「その他」から見られます。`,
    ),
  ];
  return words.join("");
}

function shorten(title: string): string {
  return title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1)}…` : title;
}
