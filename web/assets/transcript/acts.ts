/** What a saved change is for the undo: how it was, how it became, and the way back. */

import { writeTexts } from "./alike";
import type { Decided, Line } from "./line";
import type { LineList } from "./list";
import { call } from "./server";
import type { Segment, SegmentChanged, TextChange } from "./server";
import type { Act, Undo } from "./undo";
import { position } from "./words";

const CHANGED_SINCE = "そのあとで文が変わったため、元に戻せません。発話を見て、必要なら直接直してください。";

export class Acts {
  /** The text last written into, and how it was before its writer came: one act, not one for
   * every pause. */
  private writing: { line: Line; act: TextAct } | null = null;

  constructor(
    private readonly undo: Undo,
    private readonly list: LineList,
    private readonly path: string,
  ) {}

  /** Whoever writes again after leaving begins another act. */
  end(): void {
    this.writing = null;
  }

  saved(line: Line, before: Segment, decided: Decided | null): void {
    if (this.undo.isPlaying) return;
    const { segment } = line;
    if (decided) return this.undo.note(decision(line, decided));
    if (before.text !== segment.text) return this.wrote(line, before.text, segment.text);
    if (before.speaker !== segment.speaker) this.undo.note(naming(line, before));
    if (before.is_confirmed !== segment.is_confirmed) this.undo.note(tick(line));
  }

  /** Many texts at once, all or none. */
  async write(changes: TextChange[], words: string): Promise<void> {
    const before = changes.map(({ segment_id }) => this.list.get(segment_id)!.segment.text);
    await this.send(changes);
    const texts = changes.map((change, n) => ({
      id: change.segment_id,
      before: before[n]!,
      after: change.text,
    }));
    this.undo.note({
      words,
      undo: () => this.replace(texts.map(({ id, before, after }) => ({ id, from: after, to: before }))),
      redo: () => this.replace(texts.map(({ id, before, after }) => ({ id, from: before, to: after }))),
    });
  }

  private wrote(line: Line, before: string, after: string): void {
    const { writing } = this;
    if (writing?.line === line && writing.act.after === before) {
      writing.act.after = after;
      return;
    }
    const act = new TextAct(line, before, after);
    this.writing = { line, act };
    this.undo.note(act);
  }

  /** Those that still are as this person left them. */
  private async replace(texts: { id: number; from: string; to: string }[]): Promise<string | null> {
    const changes = texts.flatMap(({ id, from, to }) => {
      const segment = this.list.get(id)?.segment;
      if (segment?.text !== from) return [];
      return [{ segment_id: id, text: to, revision: segment.revision }];
    });
    if (!changes.length) return CHANGED_SINCE;
    await this.send(changes);
    return null;
  }

  private async send(changes: TextChange[]): Promise<void> {
    const { segments } = await writeTexts(this.path, changes);
    for (const segment of segments) this.list.get(segment.id)?.take(segment);
  }
}

class TextAct implements Act {
  constructor(
    private readonly line: Line,
    private readonly before: string,
    public after: string,
  ) {}

  get words(): string {
    return `${position(this.line.segment.start_seconds)}の文`;
  }

  undo(): Promise<string | null> {
    return this.replace(this.after, this.before);
  }

  redo(): Promise<string | null> {
    return this.replace(this.before, this.after);
  }

  private async replace(from: string, to: string): Promise<string | null> {
    if (this.line.segment.text !== from || this.line.conflict) return CHANGED_SINCE;
    this.line.write(to);
    await this.line.sync();
    return null;
  }
}

function naming(line: Line, before: Segment): Act {
  const [from, to] = [before.speaker ?? "", line.segment.speaker ?? ""];
  const name = async (speaker: string): Promise<null> => {
    line.nameSpeaker(speaker);
    await line.sync();
    return null;
  };
  return { words: "発言者", undo: () => name(from), redo: () => name(to) };
}

function tick(line: Line): Act {
  const isConfirmed = line.segment.is_confirmed;
  const set = async (wanted: boolean): Promise<null> => {
    line.setConfirmed(wanted);
    await line.sync();
    return null;
  };
  return { words: "確認済みの印", undo: () => set(!isConfirmed), redo: () => set(isConfirmed) };
}

function decision(line: Line, { proposal, decision }: Decided): Act {
  return {
    words: `修正候補（${proposal.before} → ${proposal.after}）`,
    undo: async () => {
      const body = { revision: line.segment.revision };
      const path = `/api/proposals/${proposal.id}/reopening`;
      line.take((await call<SegmentChanged>("POST", path, body)).segment);
      return null;
    },
    redo: async () => {
      await line.settle(proposal, decision);
      return null;
    },
  };
}
