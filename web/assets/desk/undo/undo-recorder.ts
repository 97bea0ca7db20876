/** What a saved change is for the undo: how it was, how it became, and the way back. */

import { request } from "../../base/http";
import { position } from "../../base/times";
import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import type { Decided, SegmentModel } from "../segments/segment-model";
import type { Segment, SegmentChanged, SegmentsChanged, TextChange } from "../server";
import type { Kind, Step } from "./bulk-acts";
import { act, changedSince, isSame, TEXTS } from "./bulk-acts";
import type { Act, Outcome, UndoStack } from "./undo-stack";
import { DONE } from "./undo-stack";

export class UndoRecorder {
  /** The text last written into, and how it was before its writer came: one act, not one for
   * every pause. */
  private writing: { line: SegmentModel; act: TextAct } | null = null;

  constructor(
    private readonly undo: UndoStack,
    private readonly list: SegmentList,
    private readonly page: PageContext,
  ) {
    page.saved.listen((line, before, decided) => this.saved(line, before, decided));
  }

  /** Whoever writes again after leaving begins another act. */
  end(): void {
    this.writing = null;
  }

  private saved(line: SegmentModel, before: Segment, decided: Decided | null): void {
    if (this.undo.isPlaying) return;
    const { segment } = line;
    if (decided) return this.undo.note(decision(line, decided));
    if (before.text !== segment.text) return this.wrote(line, before.text, segment.text);
    if (before.speaker !== segment.speaker) this.undo.note(naming(line, before));
    if (before.is_confirmed !== segment.is_confirmed) this.undo.note(tick(line));
  }

  /** Many texts at once, all or none. */
  async write(changes: TextChange[], words: string): Promise<void> {
    const path = `${this.page.path}/texts`;
    const { segments } = await request<SegmentsChanged>("PUT", path, { texts: changes });
    this.took(TEXTS, words, segments);
    this.page.sayDone(`${words}を直しました。`);
  }

  /** What one act has made of many segments, and how they were on this screen before. */
  took<State>(kind: Kind<State>, words: string, segments: Segment[]): void {
    const steps: Step<State>[] = [];
    for (const segment of segments) {
      const line = this.list.get(segment.id);
      if (!line) continue;
      const [before, after] = [kind.stateOf(line.segment), kind.stateOf(segment)];
      if (!isSame(before, after)) steps.push({ id: segment.id, before, after });
      line.take(segment);
    }
    if (steps.length) this.undo.note(act(this.list, this.page.path, kind, words, steps));
  }

  /** What is typed and could not be saved: taken back to the saved text, and put there again. */
  noteTyped(line: SegmentModel): void {
    const typed = line.text;
    const put = async (text: string): Promise<Outcome> => {
      line.write(text);
      await line.sync();
      return DONE;
    };
    this.undo.note({
      words: `${position(line.segment.start_seconds)}の文（保存前）`,
      undo: () => put(line.segment.text),
      redo: () => put(typed),
    });
  }

  private wrote(line: SegmentModel, before: string, after: string): void {
    const { writing } = this;
    if (writing?.line === line && writing.act.after === before) {
      writing.act.after = after;
      return;
    }
    const act = new TextAct(line, before, after);
    this.writing = { line, act };
    this.undo.note(act);
  }
}

class TextAct implements Act {
  constructor(
    private readonly line: SegmentModel,
    private readonly before: string,
    public after: string,
  ) {}

  get words(): string {
    return `${position(this.line.segment.start_seconds)}の文`;
  }

  undo(): Promise<Outcome> {
    return this.replace(this.after, this.before);
  }

  redo(): Promise<Outcome> {
    return this.replace(this.before, this.after);
  }

  private async replace(from: string, to: string): Promise<Outcome> {
    const { line } = this;
    if (line.segment.text !== from || line.isTextDirty || line.conflict || line.isGone)
      return changedSince("文");
    line.write(to);
    await line.sync();
    return DONE;
  }
}

function naming(line: SegmentModel, before: Segment): Act {
  const [from, to] = [before.speaker ?? "", line.segment.speaker ?? ""];
  const name = async (now: string, then: string): Promise<Outcome> => {
    if ((line.segment.speaker ?? "") !== now || line.isGone) return changedSince("発言者");
    line.nameSpeaker(then);
    await line.sync();
    return DONE;
  };
  return { words: "発言者", undo: () => name(to, from), redo: () => name(from, to) };
}

function tick(line: SegmentModel): Act {
  const isConfirmed = line.segment.is_confirmed;
  const set = async (wanted: boolean): Promise<Outcome> => {
    line.setConfirmed(wanted);
    await line.sync();
    return DONE;
  };
  return { words: "確認済みの印", undo: () => set(!isConfirmed), redo: () => set(isConfirmed) };
}

function decision(line: SegmentModel, { proposal, decision }: Decided): Act {
  return {
    words: `修正候補（${proposal.before} → ${proposal.after}）`,
    undo: async () => {
      const body = { revision: line.segment.revision };
      const path = `/api/proposals/${proposal.id}/reopening`;
      line.take((await request<SegmentChanged>("POST", path, body)).segment);
      return DONE;
    },
    redo: async () => {
      await line.settle(proposal, decision);
      return DONE;
    },
  };
}
