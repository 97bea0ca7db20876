/** The drawer over the page: thumbnails, contents, pages shown, people to hand over to. */

import type { ShownAnswer } from "../base/api-types";
import { button, make } from "../base/elements";
import { request, sentenceOf } from "../base/http";
import { clock } from "../base/times";
import { type AgendaEntry, nameOf, type SomePerson } from "./data";
import type { Reader } from "./reading/reader";

const THUMBNAIL_WIDTH = 120;

export class Drawer {
  readonly dialog = make("dialog", { class: "viewer-drawer" });

  constructor() {
    // A tap beside the box closes it, if it also began there: not the one that opened it, and not
    // one on the box's own margin.
    let isBeside = false;
    this.dialog.addEventListener("pointerdown", (event) => (isBeside = this.isBeside(event)));
    this.dialog.addEventListener("click", (event) => {
      if (isBeside && this.isBeside(event)) this.close();
      isBeside = false;
    });
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  private isBeside({ target, clientX, clientY }: MouseEvent): boolean {
    const box = this.dialog.getBoundingClientRect();
    const isInside =
      clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
    return target === this.dialog && !isInside;
  }

  open(words: string, ...content: (HTMLElement | string)[]): void {
    const head = make("div", { class: "viewer-drawer-head" });
    head.append(
      make("h2", {}, words),
      button("閉じる", () => this.close()),
    );
    this.dialog.setAttribute("aria-label", words);
    this.dialog.replaceChildren(head, ...content);
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  /** A choice that closes the drawer and then acts. */
  choice(words: string, act: () => void, note = "", isCurrent = false): HTMLLIElement {
    const line = make("li");
    const press = button(words, () => {
      this.close();
      act();
    });
    if (isCurrent) press.setAttribute("aria-current", "true");
    line.append(press);
    if (note) line.append(make("span", { class: "quiet" }, note));
    return line;
  }

  list(lines: HTMLElement[], emptyWords: string): HTMLElement {
    if (!lines.length) return make("p", { class: "quiet" }, emptyWords);
    const list = make("ol", { class: "lines" });
    list.append(...lines);
    return list;
  }

  showContents(reader: Reader): void {
    const lines = reader.documents.map((document) => {
      const note = [document.item_number, document.item_title, `${document.page_count}頁`]
        .filter(Boolean)
        .join("　");
      const line = this.choice(
        document.title,
        () => reader.go(document),
        note,
        document.id === reader.document?.id,
      );
      if (document.mark) line.append(make("span", { class: "badge badge-new" }, document.mark));
      return line;
    });
    this.open("資料の目次", this.list(lines, "資料はまだありません。"));
  }

  showThumbnails(reader: Reader): void {
    const pages = reader.pages;
    if (!pages) return;
    const list = make("ol", { class: "thumbnails" });
    const watcher = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        const number = Number((target as HTMLElement).dataset.page);
        void pages.thumbnail(number, THUMBNAIL_WIDTH).then(
          (canvas) => target.prepend(canvas),
          () => undefined,
        );
      }
    });
    for (let number = 1; number <= pages.count; number++) {
      const line = this.choice(
        String(number),
        () => reader.goTo(number),
        "",
        number === reader.page,
      );
      const press = line.querySelector("button")!;
      press.setAttribute("aria-label", `${number}頁`);
      press.dataset.page = String(number);
      list.append(line);
      watcher.observe(press);
    }
    this.open("頁の一覧", list);
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  async showShownPages(meetingId: number, reader: Reader): Promise<void> {
    await this.fill("これまでに発表された頁", async () => {
      const { pages } = await request<{ pages: ShownAnswer[] }>(
        "GET",
        `/api/meetings/${meetingId}/shown-pages`,
      );
      const lines = pages.reverse().flatMap((shown) => {
        const document = reader.documents.find((entry) => entry.id === shown.document_id);
        return document
          ? [
              this.choice(
                `${nameOf(document)}　${shown.page}頁`,
                () => reader.go(document, shown.page),
                clock(shown.at),
              ),
            ]
          : [];
      });
      return this.list(lines, "まだ何も発表されていません。");
    });
  }

  /** Everybody who is invited, but for `except`. */
  async showPeople(
    words: string,
    meetingId: number,
    except: number | undefined,
    choose: (person: SomePerson) => void,
  ): Promise<void> {
    await this.fill(words, async () => {
      const { invitations } = await request<{ invitations: { person: SomePerson }[] }>(
        "GET",
        `/api/meetings/${meetingId}/invitations`,
      );
      const people = invitations
        .map((invitation) => invitation.person)
        .filter((person) => person.id !== except);
      const lines = people.map((person) =>
        this.choice(person.name, () => choose(person), person.title),
      );
      return this.list(lines, "渡せる相手がいません。");
    });
  }

  showItems(
    items: AgendaEntry[],
    current: number | null,
    choose: (item: AgendaEntry) => void,
  ): void {
    const lines = items.map((item) =>
      this.choice(`${item.number}　${item.title}`, () => choose(item), "", item.id === current),
    );
    this.open("審議中の議題", this.list(lines, "議題がありません。"));
  }

  async fill(words: string, prepare: () => Promise<HTMLElement>): Promise<void> {
    this.open(words, "読み込み中…");
    let content: HTMLElement | string;
    try {
      content = await prepare();
    } catch (problem) {
      content = sentenceOf(problem, "通信が切れているため、いまは表示できません。");
    }
    if (this.isOpen && this.dialog.getAttribute("aria-label") === words) this.open(words, content);
  }
}
