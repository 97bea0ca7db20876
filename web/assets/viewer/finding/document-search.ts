/** 検索: over all documents of the meeting. What was found stays until it is put away: the list, when
 * the drawer is opened again, and the marks on the pages. */

import type { HitAnswer as Hit } from "../../base/api-types";
import { button, make } from "../../base/elements";
import { request, sentenceOf } from "../../base/http";
import { nameOf, type ShownDocument } from "../data";
import type { Drawer } from "../drawer";
import type { Reader } from "../reading/reader";

interface Found {
  words: string;
  hits: Hit[];
  isCut: boolean;
}

export class DocumentSearch {
  /** Which hit is open, with the ways to the others; the viewer puts it where it covers nothing. */
  readonly sign = make("div", { class: "viewer-found" });
  private readonly place = make("span");
  private found: Found | null = null;
  private current = -1;
  private scrolled = 0;

  constructor(
    private readonly meetingId: number,
    private readonly reader: Reader,
    private readonly drawer: Drawer,
  ) {
    this.sign.hidden = true;
    this.sign.append(
      this.place,
      button("‹ 前", () => this.go(this.current - 1), "", "前の件"),
      button("次 ›", () => this.go(this.current + 1), "", "次の件"),
      button("消す", () => this.putAway(), "", "検索の印を消す"),
    );
  }

  open(): void {
    const form = make("form", { class: "viewer-search" });
    const field = make("input");
    field.type = "search";
    field.setAttribute("aria-label", "資料の中の言葉");
    field.placeholder = "例：予算";
    field.value = this.found?.words ?? "";
    const target = make("div");
    target.setAttribute("role", "status");
    form.append(field, make("button", { class: "button-main" }, "検索"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = field.value.trim();
      if (words) void this.search(words, target);
      else this.putAway(target);
    });
    this.drawer.open("全資料から探す", form, target);
    if (this.found) this.list(this.found, target);
    else field.focus();
    this.drawer.dialog.scrollTop = this.scrolled;
  }

  private async search(words: string, target: HTMLElement): Promise<void> {
    target.textContent = "探しています…";
    try {
      const path = `/api/meetings/${this.meetingId}/search?${new URLSearchParams({ words })}`;
      const { hits, is_cut } = await request<{ hits: Hit[]; is_cut: boolean }>("GET", path);
      this.found = { words, hits: hits.filter((hit) => this.documentOf(hit)), isCut: is_cut };
      this.current = -1;
      this.scrolled = 0;
      this.list(this.found, target);
      this.mark();
    } catch (problem) {
      target.textContent = sentenceOf(problem, "通信が切れているため、いまは探せません。");
    }
  }

  /** One heading for each document, its pages below it. */
  private list({ words, hits, isCut }: Found, target: HTMLElement): void {
    const parts: HTMLElement[] = [
      make("p", { class: "quiet" }, isCut ? `はじめの${hits.length}件` : `${hits.length}件`),
    ];
    for (const document of this.reader.documents) {
      const lines = hits.flatMap((hit, place) =>
        hit.document_id === document.id ? [this.line(hit, place)] : [],
      );
      if (!lines.length) continue;
      parts.push(
        make("h3", {}, `${nameOf(document)}（${lines.length}件）`),
        this.drawer.list(lines, ""),
      );
    }
    if (!hits.length)
      parts.push(make("p", { class: "quiet" }, `「${words}」は、この会議の資料に見つかりません。`));
    target.replaceChildren(...parts);
  }

  private line(hit: Hit, place: number): HTMLLIElement {
    const line = this.drawer.choice(
      `${hit.page}頁`,
      () => this.go(place),
      "",
      place === this.current,
    );
    const excerpt = make("p", { class: "quiet" });
    const [before, hitWords, after] = cut(hit);
    excerpt.append(before, make("mark", {}, hitWords), after);
    line.append(excerpt);
    line.addEventListener("click", () => (this.scrolled = this.drawer.dialog.scrollTop), {
      capture: true,
    });
    return line;
  }

  private go(place: number): void {
    const hit = this.found?.hits[place];
    const document = hit && this.documentOf(hit);
    if (!hit || !document) return;
    this.current = place;
    this.mark();
    this.reader.go(document, hit.page);
  }

  private mark(): void {
    const { found, current } = this;
    if (!found) return;
    this.sign.hidden = found.hits.length === 0;
    this.place.textContent =
      current < 0
        ? `「${found.words}」 ${found.hits.length}件`
        : `「${found.words}」 ${current + 1}／${found.hits.length}件`;
    // The page may write the word with other letters than were typed: what was found is one of them.
    const hit = found.hits[current];
    const written = hit ? cut(hit)[1] : "";
    this.reader.sheet.markWords([...found.words.split(/\s+/u), written].filter(Boolean));
  }

  private putAway(target?: HTMLElement): void {
    this.found = null;
    this.scrolled = 0;
    this.sign.hidden = true;
    this.reader.sheet.markWords([]);
    target?.replaceChildren();
  }

  private documentOf(hit: Hit): ShownDocument | undefined {
    return this.reader.documents.find((entry) => entry.id === hit.document_id);
  }
}

/** What stands before the hit, the hit, and what stands after it. */
function cut({ excerpt, hit_start, hit_length }: Hit): [string, string, string] {
  const letters = [...excerpt];
  const end = hit_start + hit_length;
  return [
    letters.slice(0, hit_start).join(""),
    letters.slice(hit_start, end).join(""),
    letters.slice(end).join(""),
  ];
}
