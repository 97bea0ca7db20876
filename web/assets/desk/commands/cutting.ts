/** A segment becomes two, or two become one. */

import { request } from "../../base/http";
import { inCharacters } from "../../base/text-places";
import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import { SegmentModel } from "../segments/segment-model";
import type { SegmentsChanged, SegmentsJoined } from "../server";
import { DONE, type Outcome, type UndoStack } from "../undo/undo-stack";

export class Cutting {
  constructor(
    private readonly page: PageContext,
    private readonly list: SegmentList,
    private readonly undo: UndoStack,
  ) {}

  /** Where the cursor is. */
  async split(): Promise<void> {
    const line = this.list.current;
    const at = this.list.rowOf(line)?.text.selectionStart;
    if (!line || at === undefined) return;
    await this.page.attempt(async () => {
      await line.sync();
      await this.cut(line, at);
      this.page.sayDone("発話を分けました。");
      this.undo.note({
        words: "発話を分ける",
        undo: () => done(() => this.joinWithNext(line)),
        redo: () => done(() => this.cut(line, at)),
      });
    });
  }

  async join(): Promise<void> {
    const line = this.list.current;
    const next = line && this.list.lines[this.list.placeOf(line) + 1];
    if (!line || !next) return this.page.say("このあとに発話がないので、つなげられません。");
    await this.page.attempt(async () => {
      await Promise.all([line.sync(), next.sync()]);
      const at = line.segment.text.length;
      const speaker = next.segment.speaker ?? "";
      await this.joinWithNext(line);
      this.page.sayDone("次の発話とつなげました。");
      this.undo.note({
        words: "発話をつなげる",
        undo: () =>
          done(async () => {
            const second = await this.cut(line, at);
            if (speaker !== second.speaker) second.nameSpeaker(speaker);
          }),
        redo: () => done(() => this.joinWithNext(line)),
      });
    });
  }

  /** The new line after it. */
  private async cut(line: SegmentModel, at: number): Promise<SegmentModel> {
    const { revision, text } = line.segment;
    const body = { at: inCharacters(text, at), revision };
    const path = `/api/segments/${line.id}/split`;
    const { segments } = await request<SegmentsChanged>("POST", path, body);
    const [first, second] = segments;
    const made = new SegmentModel(second!, this.page);
    line.take(first!);
    this.list.add([made]);
    this.list.open(made).text.setSelectionRange(0, 0);
    return made;
  }

  private async joinWithNext(line: SegmentModel): Promise<void> {
    const body = { revision: line.segment.revision };
    const path = `/api/segments/${line.id}/join`;
    const { segment, gone } = await request<SegmentsJoined>("POST", path, body);
    const place = line.segment.text.length;
    line.take(segment);
    const other = this.list.get(gone);
    this.list.remove(other ? [other] : []);
    this.list.open(line).text.setSelectionRange(place, place);
  }
}

async function done(step: () => Promise<unknown>): Promise<Outcome> {
  await step();
  return DONE;
}
