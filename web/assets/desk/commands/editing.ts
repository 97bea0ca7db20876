/** What is written into the text where the hands are, beside what they type themselves. */

import { request } from "../../base/http";
import type { AlikePanel } from "../offers/alike-panel";
import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { UndoRecorder } from "../undo/undo-recorder";
import type { UndoStack } from "../undo/undo-stack";
import { openMenu } from "./menu";

/** As minutes/japanese/annotations.py knows them; any other note stands between 〔 〕. */
const ANNOTATIONS = [
  "（拍手）",
  "（笑声）",
  "（「異議なし」と呼ぶ者あり）",
  "（挙手全員）",
  "（起立多数）",
  "（休憩）",
  "（再開）",
  "〔聞き取り不能〕",
  "〔注記〕",
];

export class Editing {
  /** The text in which the hands are, as it was when they came. */
  private visited: { line: SegmentModel; text: string } | null = null;

  constructor(
    private readonly page: PageContext,
    private readonly list: SegmentList,
    private readonly undo: UndoStack,
    private readonly recorder: UndoRecorder,
    private readonly alike: AlikePanel,
  ) {
    page.entered.listen((line) => this.enter(line));
    page.left.listen((line) => void this.leave(line));
  }

  /** What is being typed is an act of its own. */
  async takeBack(): Promise<void> {
    const line = this.list.current;
    await line?.sync();
    this.recorder.end();
    if (line?.isTextDirty && !line.conflict && !line.isGone) await this.dropTyped(line);
    else await this.undo.undo();
    this.list.changed();
  }

  /** What is typed and not saved goes back to the saved text; it can be put there again. */
  async dropTyped(line: SegmentModel): Promise<void> {
    if (line.isGone) return this.removeGone(line);
    this.recorder.noteTyped(line);
    await this.undo.undo();
  }

  /** What was typed into a line that another person joined with the one before it. */
  rescue(line: SegmentModel): void {
    const before = this.list.lines[this.list.placeOf(line) - 1];
    if (!before || before.isGone) return this.page.say("前の発話がないので、入れられません。");
    before.write(withText(before.text, line.segment.text, line.text));
    this.removeGone(line);
    this.list.open(before);
  }

  /** What nobody said: it is marked as such, counts as no error, and stands in the minutes in the
   * city's form. */
  annotate(): void {
    const line = this.list.current;
    if (!line) return;
    const choices = ANNOTATIONS.map((words) => ({
      name: words,
      words,
      keys: [],
      run: () => this.insert(words),
    }));
    openMenu("注記を入れる", choices, () => this.list.open(line));
  }

  /** In the text at the cursor, instead of what is selected. */
  insert(words: string): void {
    const line = this.list.current;
    const field = this.list.rowOf(line)?.text;
    if (!line || !field) return;
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    line.type(field.value);
  }

  /** The speaker of this number, from 0 on. */
  name(number: number): void {
    const line = this.list.current;
    const name = this.page.names.all()[number]?.name;
    if (!line) return;
    if (!name) return this.page.say(`${number + 1}番の発言者はまだありません。`);
    line.nameSpeaker(name);
    this.page.say(`発言者：${name}`);
  }

  /** What is selected in the text becomes a word of the series' dictionary. */
  async addTerm(): Promise<void> {
    const field = this.list.rowOf(this.list.current)?.text;
    const surface = field?.value.slice(field.selectionStart, field.selectionEnd).trim();
    if (!surface) return this.page.say("用語に加える言葉を、文の中で選んでから押してください。");
    await this.page.attempt(async () => {
      await request("PUT", `/api/meetings/${this.page.meetingId}/dictionary`, { surface });
      this.page.say(`「${surface}」を用語に加えました。読みは推定です。用語の画面で直せます。`);
    });
  }

  private enter(line: SegmentModel): void {
    if (this.visited?.line === line) return;
    this.visited = { line, text: line.segment.text };
  }

  /** What was changed there may be alike elsewhere. */
  private async leave(line: SegmentModel): Promise<void> {
    const { visited } = this;
    this.visited = null;
    this.recorder.end();
    await line.sync();
    if (visited?.line !== line || visited.text === line.segment.text || line.isUnsaved) return;
    await this.alike.offer(line, visited.text);
  }

  private removeGone(line: SegmentModel): void {
    line.letGo();
    this.list.remove([line]);
  }
}

/** The joined text, with what was typed where the text `before` it stands, else at the end. */
export function withText(joined: string, before: string, typed: string): string {
  const place = before ? joined.lastIndexOf(before) : -1;
  if (place < 0) return joined + typed;
  return joined.slice(0, place) + typed + joined.slice(place + before.length);
}
