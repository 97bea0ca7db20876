/** 移り変わり: every text that a segment once had, with who and when; two compared; one restored. */

import { button, make } from "../../base/elements";
import { request } from "../../base/http";
import { position } from "../../base/times";
import type { PageContext } from "../page-context";
import { bothMarked } from "../segments/marks";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { State } from "../server";

const WHEN = new Intl.DateTimeFormat("ja-JP", { dateStyle: "medium", timeStyle: "short" });

export class HistoryBox {
  private readonly box = make("dialog", { class: "history", "aria-labelledby": "history-title" });
  private readonly title = make("h2", { id: "history-title" });
  private readonly list = make("ol", {});
  private line: SegmentModel | null = null;

  constructor(
    private readonly lines: SegmentList,
    private readonly page: PageContext,
  ) {
    const close = make("button", { type: "button", class: "button button-main" }, "閉じる");
    close.addEventListener("click", () => this.box.close());
    this.box.append(this.title, this.list, make("p", { class: "actions" }, close));
    document.body.append(this.box);
  }

  /** Throws Refusal. */
  async open(line: SegmentModel): Promise<void> {
    this.line = line;
    await line.sync();
    await this.fill(null);
    this.title.textContent = `${position(line.segment.start_seconds)}の発話の移り変わり`;
    this.box.showModal();
  }

  /** Each beside the one before it, or all beside one of them. */
  private async fill(against: number | null): Promise<void> {
    const query = against === null ? "" : `?against=${against}`;
    const path = `/api/segments/${this.line!.id}/history${query}`;
    const { states } = await request<{ states: State[] }>("GET", path);
    const entries = states.map((state, number) =>
      this.entry(state, number, against, number === states.length - 1),
    );
    this.list.replaceChildren(...entries);
  }

  private entry(state: State, number: number, against: number | null, isNow: boolean): Node {
    const when = state.at ? WHEN.format(new Date(state.at)) : "";
    const who = [`${number + 1}. ${state.words}`, state.by, when, isNow && "いまの文"];
    const text = make("p", { class: "history-text" });
    const before = against === null ? "前の文" : `${against + 1}の文`;
    text.append(...state.marks.flatMap((mark) => bothMarked(mark, before)));
    const compare = button(
      against === number ? "ひとつ前と比べる" : "すべてをこの文と比べる",
      () => void this.fill(against === number ? null : number),
      "button",
    );
    const buttons = make("p", { class: "history-choice" }, compare);
    if (this.page.mayCorrect && !isNow)
      buttons.append(button("この文に戻す", () => this.restore(state.text), "button"));
    return make(
      "li",
      {},
      make("p", { class: "quiet" }, who.filter(Boolean).join("　")),
      text,
      buttons,
    );
  }

  private restore(text: string): void {
    this.box.close();
    this.line?.write(text);
    this.lines.rowOf(this.line)?.text.focus();
  }
}
