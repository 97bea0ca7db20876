import { expect, test } from "vitest";
import type { AgendaEntry, ShownDocument } from "./data";
import type { LiveState } from "./presenting/live-connection";
import { newsOf, whatIsGoingOn, whereThePresenterIs } from "./words";

const ITEMS: AgendaEntry[] = [{ id: 5, number: "2", title: "予算" }];
const document = (id: number, version: number, title: string) =>
  ({ id, version_id: 10 * id + version, version, title, item_number: "2" }) as ShownDocument;
const state = (changes: object) =>
  ({ presenter: null, agenda_item_id: null, turn: null, ...changes }) as LiveState;

test("who presents and which item is discussed are told as far as they are known", () => {
  const both = state({ presenter: { id: 1, name: "古賀" }, agenda_item_id: 5 });
  expect(whatIsGoingOn(both, ITEMS)).toBe("発表　古賀さん　／　審議中　2　予算");
  expect(whatIsGoingOn(state({ agenda_item_id: 5 }), ITEMS)).toBe("審議中　2　予算");
  expect(whatIsGoingOn(null, ITEMS)).toBe("");
});

test("the presenter's page is named shortly; a closed document is not named", () => {
  const long = document(1, 1, "令和八年度一般会計補正予算書案");
  const shown = state({ turn: { document_id: 1, page: 9 } });
  expect(whereThePresenterIs(shown, [long])).toBe("2 令和八年度一般会計補正予算書案 9頁");
  expect(whereThePresenterIs(shown, [{ ...long, title: "あ".repeat(17) }])).toBe(
    `2 ${"あ".repeat(15)}… 9頁`,
  );
  expect(whereThePresenterIs(shown, [])).toBe("別の資料");
});

test("documents that came and those that were replaced are told, others are not", () => {
  const old = [document(1, 1, "資料1"), document(2, 1, "予算書")];
  const news = newsOf(old, [
    document(1, 1, "資料1"),
    document(2, 2, "予算書"),
    document(3, 1, "資料3"),
  ]);
  expect(news).toBe(
    "「資料3」が加わりました。資料「予算書」が第2版に差し替わりました。変わったところは「その他」から見られます。",
  );
  expect(newsOf(old, old)).toBe("");
});
