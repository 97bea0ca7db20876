/** What this person did here, to be taken back and done again: texts, names, places in the
 * agenda, ticks, decisions. */

/** It cannot be done any more, for this reason; or it was, with a remark for people or without. */
export type Outcome = { refused: string } | { remark: string };

export const DONE: Outcome = { remark: "" };

/** One act. Both ways throw Refusal. */
export interface Act {
  words: string;
  undo(): Promise<Outcome>;
  redo(): Promise<Outcome>;
}

const MOST = 500;

export class UndoStack {
  private readonly done: Act[] = [];
  private readonly undone: Act[] = [];
  private isAtWork = false;

  /** `tell` is given one sentence for people. */
  constructor(private readonly tell: (words: string) => void) {}

  /** While something is taken back, what it does is no act of its own. */
  get isPlaying(): boolean {
    return this.isAtWork;
  }

  note(act: Act): void {
    if (this.isAtWork) return;
    this.done.push(act);
    if (this.done.length > MOST) this.done.shift();
    this.undone.length = 0;
  }

  async undo(): Promise<void> {
    await this.move(this.done, this.undone, (act) => act.undo(), "元に戻しました");
  }

  async redo(): Promise<void> {
    await this.move(this.undone, this.done, (act) => act.redo(), "やり直しました");
  }

  private async move(
    from: Act[],
    to: Act[],
    play: (act: Act) => Promise<Outcome>,
    past: string,
  ): Promise<void> {
    if (this.isAtWork) return;
    const act = from.pop();
    if (!act) return this.tell("この画面で戻せる操作はもうありません。");
    this.isAtWork = true;
    try {
      const outcome = await play(act);
      if ("refused" in outcome) return this.tell(outcome.refused);
      to.push(act);
      this.tell([`${past}：${act.words}`, outcome.remark].filter(Boolean).join("。"));
    } catch (problem) {
      from.push(act); // not done: it can be tried again
      this.tell(problem instanceof Error ? problem.message : String(problem));
    } finally {
      this.isAtWork = false;
    }
  }
}
