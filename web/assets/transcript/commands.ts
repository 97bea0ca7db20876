/** What the secretary's hands do at the desk, by key or by button: one function for each act. */

import { ask } from "../base/dialog";
import { required } from "../base/elements";
import { Refusal, request } from "../base/http";
import { inCharacters, inField } from "../base/text-places";
import { position } from "../base/times";
import { AlikePanel } from "./alike";
import { CONFIRMATIONS, PLACES } from "./bulk";
import { FillerRemoval } from "./fillers";
import { TextSearch } from "./finding";
import { HistoryBox } from "./history";
import { KeyList } from "./key-list";
import type { Action } from "./keys";
import { KeyBindings } from "./keys";
import type { SegmentList } from "./list";
import { openMenu } from "./menu";
import type { Nameable } from "./naming";
import type { Player } from "./player";
import type { Decision } from "./proposals";
import type { Doubtful } from "./queue";
import { DoubtQueue } from "./queue";
import type { Decided, SegmentModel } from "./segment-model";
import type { Segment, SegmentsChanged, SegmentsJoined, TextChange } from "./server";
import type { SpokenWords } from "./spoken";
import { secondsBefore } from "./spoken";
import { UnconfirmedSegments } from "./unconfirmed";
import type { Outcome } from "./undo";
import { DONE, UndoStack } from "./undo";
import { UndoRecorder } from "./undoable";
import { VoiceNaming } from "./voices";
import type { PlacedWord } from "./word-places";

const MOST_NAMES = 9;
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
const TOUCH = matchMedia("(pointer: coarse)");
const CLOSED = "会議録が承認されているため、いまは直せません。";

/** What the hands ask of the page. */
export interface Around {
  readonly path: string;
  /** Whose right it is; not while the minutes are approved (`mayCorrect`). */
  readonly isCorrector: boolean;
  readonly mayCorrect: boolean;
  /** One sentence, said once. */
  say(words: string): void;
  names(): string[];
  people(): Nameable[];
  addName(name: string): void;
  hear(line: SegmentModel): void;
  saveAll(): void;
  /** A line of a segment that the server has just made. */
  newLine(segment: Segment): SegmentModel;
  /** Lines came, went or were decided. */
  refresh(): void;
}

export class Commands {
  private readonly undo = new UndoStack((words) => this.page.say(words));
  private readonly acts: UndoRecorder;
  private readonly alike: AlikePanel;
  private readonly queue: DoubtQueue;
  private readonly finding: TextSearch;
  private readonly unconfirmed: UnconfirmedSegments;
  private readonly history: HistoryBox;
  private readonly voices: VoiceNaming;
  private readonly keys: KeyBindings;
  private readonly keyList: KeyList;
  /** The text in which the hands are, as it was when they came. */
  private visited: { line: SegmentModel; text: string } | null = null;

  constructor(
    private readonly list: SegmentList,
    private readonly player: Player,
    private readonly spoken: SpokenWords,
    private readonly page: Around,
  ) {
    this.acts = new UndoRecorder(this.undo, list, page.path);
    const write = async (changes: TextChange[], words: string): Promise<void> => {
      await this.acts.write(changes, words);
      this.sayDone(`${words}を直しました。`);
    };
    this.alike = new AlikePanel(list, write);
    new FillerRemoval(list, write);
    this.queue = new DoubtQueue(list.lines, (place) => this.visit(place));
    this.finding = new TextSearch(list, (seconds) => this.goToSecond(seconds));
    this.unconfirmed = new UnconfirmedSegments(list, (words) => page.say(words));
    this.history = new HistoryBox(list, page);
    this.voices = new VoiceNaming(
      list,
      page,
      (...done) => this.acts.took(...done),
      (words) => this.sayDone(words),
    );
    this.keys = new KeyBindings(this.actions());
    this.keyList = new KeyList(this.keys);
    required("[data-keys]").addEventListener("click", () => this.keyList.open());
  }

  /** The hands have come to a text. */
  came(line: SegmentModel): void {
    if (this.visited?.line === line) return;
    this.visited = { line, text: line.segment.text };
  }

  /** And have left it: what they changed there may be alike elsewhere. */
  async left(line: SegmentModel): Promise<void> {
    const { visited } = this;
    this.visited = null;
    this.acts.end();
    await line.sync();
    if (visited?.line !== line || visited.text === line.segment.text || line.isUnsaved) return;
    await this.alike.offer(line, visited.text);
  }

  saved(line: SegmentModel, before: Segment, decided: Decided | null): void {
    this.acts.saved(line, before, decided);
    this.voices.saved(line, before);
    this.refresh();
  }

  refresh(): void {
    this.queue.refresh();
    this.unconfirmed.refresh();
  }

  /** What was done to many places at once, and how it is taken back. */
  private sayDone(words: string): void {
    const way = TOUCH.matches ? "「操作」の「元に戻す」" : this.keys.shownOf("undo");
    this.page.say(`${words}（戻すときは${way}）`);
  }

  /** From this line on the agenda is at another item. */
  placed(line: SegmentModel, segments: Segment[]): void {
    const words = `${position(line.segment.start_seconds)}からの議題`;
    this.acts.took(PLACES, words, segments);
    this.sayDone(`${words}を変えました。`);
  }

  /** What is typed and not saved goes back to the saved text; it can be put there again. */
  async dropTyped(line: SegmentModel): Promise<void> {
    if (line.isGone) return this.removeGone(line);
    this.acts.noteTyped(line);
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

  private removeGone(line: SegmentModel): void {
    line.letGo();
    this.list.remove([line]);
    this.page.refresh();
  }

  /** For hands without a keyboard: what else can be done with this line. */
  offer(line: SegmentModel): void {
    const names = [
      "voice",
      "voice-split",
      "confirm-until",
      "history",
      "loop",
      "split",
      "join",
      "annotate",
      "time",
      "add-term",
      "undo",
      "redo",
    ];
    const offered = names.flatMap((name) => this.keys.actions.filter((one) => one.name === name));
    openMenu(`${position(line.segment.start_seconds)}の発話`, offered, () => this.list.open(line));
  }

  private actions(): Action[] {
    const action = (name: string, words: string, keys: string[], run: () => unknown): Action => ({
      name,
      words,
      keys,
      run: () => {
        this.page.say(""); // what was said of an earlier act
        void run();
      },
    });
    const listening = [
      action("toggle", "再生／一時停止", ["Escape", "Control+ "], () => this.player.toggle()),
      action("back", "3秒戻る", ["F2"], () => this.player.step(-1)),
      action("forward", "3秒進む", ["F4"], () => this.player.step(1)),
      action("slower", "遅くする", ["Shift+F2"], () => this.player.changeSpeed(-1)),
      action("faster", "速くする", ["Shift+F4"], () => this.player.changeSpeed(1)),
      action("hear-here", "カーソルの言葉から聞く", ["Alt+p"], () => this.hearHere()),
      action("loop", "この発話を繰り返し聞く／やめる", ["Alt+l"], () => this.loop()),
    ];
    const going = [
      action("up", "前の発話へ", ["Control+ArrowUp"], () => this.move(-1)),
      action("down", "次の発話へ", ["Control+ArrowDown"], () => this.move(1)),
      action("next", "次の疑わしい箇所へ", ["F8"], () => this.next(1)),
      action("previous", "前の疑わしい箇所へ", ["Shift+F8"], () => this.next(-1)),
      action("unconfirmed", "次の未確認の発話へ", ["Alt+k"], () => this.unconfirmed.next(1)),
      action("unconfirmed-before", "前の未確認の発話へ", ["Alt+Shift+k"], () =>
        this.unconfirmed.next(-1),
      ),
      action("heard", "いま聞こえている発話へ", ["Alt+g"], () => this.goToSecond(null)),
      action("unsure", "次の自信のない言葉へ", ["F7", "Alt+u"], () => this.nextUnsure(1)),
      action("unsure-before", "前の自信のない言葉へ", ["Shift+F7", "Alt+Shift+u"], () =>
        this.nextUnsure(-1),
      ),
      action("find", "言葉を探す、時刻へ行く", ["Control+f"], () => this.finding.open()),
      action("find-next", "次の同じ言葉へ", ["F3"], () => this.finding.next(1)),
      action("find-previous", "前の同じ言葉へ", ["Shift+F3"], () => this.finding.next(-1)),
      action("history", "この発話の移り変わり", ["Alt+h"], () => this.showHistory()),
      action("help", "キー操作の一覧", ["F1", "?"], () => this.keyList.open()),
    ];
    const correcting = [
      action("confirm", "確認して次の発話へ", ["Control+Enter"], () => this.confirmAndGoOn()),
      action("confirm-until", "ここまでの未確認を確認済みにする", ["Alt+Shift+Enter"], () =>
        this.confirmUntilHere(),
      ),
      action("save", "すぐに保存する（ふだんは自動）", ["Control+s"], () => this.save()),
      action("add-term", "選んだ言葉を用語に加える", ["Alt+w"], () => this.addTerm()),
      action("accept", "修正候補を採る（自動の修正は「よい」）", ["F9"], () =>
        this.decide("acceptance"),
      ),
      action("refuse", "修正候補を採らない（自動の修正は戻す）", ["F10"], () =>
        this.decide("refusal"),
      ),
      action("alike", "同じように直す箇所の一覧へ", ["Alt+a"], () => this.alike.focus()),
      action("undo", "元に戻す", ["Control+z"], () => this.takeBack()),
      action("redo", "やり直す", ["Control+y", "Control+Shift+z"], () => this.undo.redo()),
      action("voice", "この声のすべてに名前を付ける", ["Alt+n"], () => this.nameVoice()),
      action("voice-accept", "声紋の候補の名前にする", ["Alt+m"], () =>
        this.voices.accept(this.list.current),
      ),
      action("voice-dismiss", "声紋の候補を採らない", ["Alt+Shift+m"], () =>
        this.voices.dismiss(this.list.current),
      ),
      action("voice-split", "ここから先を別の声にする", ["Alt+b"], () => this.splitVoice()),
      action("split", "カーソルの所で発話を分ける", ["Alt+Enter"], () => this.split()),
      action("join", "次の発話とつなげる", ["Alt+j"], () => this.join()),
      action("annotate", "注記を入れる（拍手、休憩、聞き取り不能など）", ["Alt+i"], () =>
        this.annotate(),
      ),
      action("time", "いまの時刻を入れる", ["Alt+t"], () => this.insertTime()),
      ...Array.from({ length: MOST_NAMES }, (_, n) =>
        action(`name-${n + 1}`, `発言者を${n + 1}番の人にする`, [`Alt+${n + 1}`], () =>
          this.name(n),
        ),
      ),
    ];
    const heard = [...listening, ...going];
    return this.page.isCorrector
      ? [...heard, ...correcting.map((one) => this.whenOpen(one))]
      : heard;
  }

  private whenOpen(action: Action): Action {
    const run = (): void => (this.page.mayCorrect ? action.run() : this.page.say(CLOSED));
    return { ...action, run };
  }

  private loop(): void {
    const { current } = this.list;
    if (this.player.isLooping || !current) return this.player.setLoop(null);
    const { start_seconds: start, end_seconds: end } = current.segment;
    this.player.setLoop({ start, end });
  }

  private hearHere(): void {
    const line = this.list.current;
    if (line)
      this.player.playFrom(secondsBefore(line, this.list.rowOf(line)?.text.selectionStart ?? 0));
  }

  private async nextUnsure(way: number): Promise<void> {
    const line = this.list.current ?? this.list.lines[0];
    if (!line) return;
    const text = this.list.held ? this.list.rowOf(line)?.text : null;
    const found =
      way > 0
        ? await this.spoken.nextUnsure(line, text?.selectionEnd ?? 0)
        : await this.spoken.previousUnsure(line, text?.selectionStart ?? 0);
    if (typeof found === "string") this.page.say(found);
    else this.listenTo(found.line, found.word);
  }

  /** The word selected, so that typing replaces it, and the sound a little before it. */
  private listenTo(line: SegmentModel, word: PlacedWord): void {
    this.list.open(line, "center").text.setSelectionRange(word.start, word.end);
    this.player.playFrom(secondsBefore(line, word.start));
  }

  private move(way: number): void {
    this.queue.leave();
    const next = this.list.beside(this.list.current, way);
    if (next) this.list.open(next);
  }

  private next(way: number): void {
    this.queue.next(way, this.list.current);
  }

  /** With the sound playing already, and the words in question selected. */
  private visit({ line, proposal }: Doubtful): void {
    const row = this.list.open(line, "center");
    if (proposal) {
      const words = proposal.was_changed ? proposal.after : proposal.before;
      const start = inField(line.segment.text, proposal.start);
      row.text.setSelectionRange(start, start + words.length);
    }
    this.player.playFrom(line.segment.start_seconds);
  }

  private confirmAndGoOn(): void {
    const now = this.list.current;
    if (!now) return;
    const place = this.queue.current?.line === now ? this.queue.place : -1;
    now.setConfirmed(true);
    this.refresh();
    if (place >= 0) this.goOnInQueue(place);
    else this.move(1);
  }

  /** Once asked: whoever has listened to all of it need not tick every line. */
  private async confirmUntilHere(): Promise<void> {
    const here = this.list.current;
    if (!here) return;
    await here.sync();
    const until = this.list.lines.slice(0, this.list.placeOf(here) + 1);
    const open = until.filter((line) => !line.wantsConfirmed && !line.isUnsaved && !line.isGone);
    const [first] = open;
    if (!first) return this.page.say("ここまでに、未確認の発話はありません。");
    const span = `${position(first.segment.start_seconds)}から${position(here.segment.end_seconds)}まで`;
    const question = `${span}の、未確認の${open.length}発話を確認済みにします。聞いて確かめた範囲だけにしてください。よろしいですか。`;
    ask(question, "確認済みにする", () => void this.trying(() => this.confirmAll(open)));
  }

  private async confirmAll(lines: SegmentModel[]): Promise<void> {
    const confirmations = lines.map(({ id }) => ({ segment_id: id, now: false, then: true }));
    const path = `${this.page.path}/confirmations`;
    const { segments } = await request<SegmentsChanged>("PUT", path, { confirmations });
    this.acts.took(CONFIRMATIONS, `${segments.length}発話の確認済みの印`, segments);
    this.page.refresh();
    this.sayDone(`${segments.length}発話を確認済みにしました。`);
  }

  private save(): void {
    this.page.saveAll();
    this.page.say("入力した文は、自動で保存しています。");
  }

  /** What is selected in the text becomes a word of the series' dictionary. */
  private async addTerm(): Promise<void> {
    const field = this.list.rowOf(this.list.current)?.text;
    const surface = field?.value.slice(field.selectionStart, field.selectionEnd).trim();
    if (!surface) return this.page.say("用語に加える言葉を、文の中で選んでから押してください。");
    const path = `/api/meetings/${required("[data-transcript]").dataset.meeting}/dictionary`;
    await this.trying(async () => {
      await request("PUT", path, { surface });
      this.page.say(`「${surface}」を用語に加えました。読みは推定です。用語の画面で直せます。`);
    });
  }

  /** To this second, or to the one that is heard now. */
  private goToSecond(seconds: number | null): void {
    const at = seconds ?? this.player.seconds;
    const line = this.list.at(at) ?? this.list.lines[0];
    if (line) this.list.open(line, "center");
    if (seconds !== null) this.player.seek(seconds);
  }

  /** Its end says what it does not know. */
  private goOnInQueue(place: number): void {
    const { rest } = this.unconfirmed;
    if (!this.queue.isEmpty) this.queue.goOn(place);
    else if (rest)
      this.page.say(
        `疑わしい箇所は終わりました。${rest}次の未確認へは${this.keys.shownOf("unconfirmed")}。`,
      );
    else this.page.say("疑わしい箇所は終わりました。すべての発話が確認済みです。");
  }

  private async decide(decision: Decision): Promise<void> {
    const here = this.queue.current;
    const line = this.list.current;
    const isInQueue = here !== null && here.line === line;
    const proposal = isInQueue ? here.proposal : (line?.segment.proposals[0] ?? null);
    if (!line || !proposal) return this.page.say("この発話に、決める修正候補はありません。");
    const { place } = this.queue;
    await line.settle(proposal, decision);
    if (line.segment.proposals.some((open) => open.id === proposal.id)) return; // not taken
    this.refresh();
    if (isInQueue) this.goOnInQueue(place);
  }

  /** What is being typed is an act of its own. */
  private async takeBack(): Promise<void> {
    const line = this.list.current;
    await line?.sync();
    this.acts.end();
    if (line?.isTextDirty && !line.conflict && !line.isGone) await this.dropTyped(line);
    else await this.undo.undo();
    this.page.refresh();
  }

  private async split(): Promise<void> {
    const line = this.list.current;
    const at = this.list.rowOf(line)?.text.selectionStart;
    if (!line || at === undefined) return;
    await this.trying(async () => {
      await line.sync();
      await this.cut(line, at);
      this.sayDone("発話を分けました。");
      const cutLine = line;
      this.undo.note({
        words: "発話を分ける",
        undo: () => this.play(() => this.joinWithNext(cutLine)),
        redo: () => this.play(() => this.cut(cutLine, at)),
      });
    });
  }

  private async join(): Promise<void> {
    const line = this.list.current;
    const next = line && this.list.lines[this.list.placeOf(line) + 1];
    if (!line || !next) return this.page.say("このあとに発話がないので、つなげられません。");
    await this.trying(async () => {
      await Promise.all([line.sync(), next.sync()]);
      const at = line.segment.text.length;
      const speaker = next.segment.speaker ?? "";
      await this.joinWithNext(line);
      this.sayDone("次の発話とつなげました。");
      this.undo.note({
        words: "発話をつなげる",
        undo: () =>
          this.play(async () => {
            const second = await this.cut(line, at);
            if (speaker !== second.speaker) second.nameSpeaker(speaker);
          }),
        redo: () => this.play(() => this.joinWithNext(line)),
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
    const made = this.page.newLine(second!);
    line.take(first!);
    this.list.add([made]);
    this.page.refresh();
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
    if (other) this.list.remove([other]);
    this.page.refresh();
    this.list.open(line).text.setSelectionRange(place, place);
  }

  askVoice(line: SegmentModel): void {
    this.voices.ask(line);
  }

  private nameVoice(): void {
    const line = this.list.current;
    if (line) this.voices.ask(line);
  }

  private async splitVoice(): Promise<void> {
    const line = this.list.current;
    if (line) await this.voices.split(line);
  }

  private async showHistory(): Promise<void> {
    const line = this.list.current;
    if (line) await this.trying(() => this.history.open(line));
  }

  private insertTime(): void {
    this.insert(`（${position(this.player.seconds)}）`);
  }

  /** What nobody said: it is marked as such, counts as no error, and stands in the minutes in the
   * city's form. */
  private annotate(): void {
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
  private insert(words: string): void {
    const line = this.list.current;
    const field = this.list.rowOf(line)?.text;
    if (!line || !field) return;
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    line.type(field.value);
  }

  private name(number: number): void {
    const line = this.list.current;
    const name = this.page.names()[number];
    if (!line) return;
    if (!name) return this.page.say(`${number + 1}番の発言者はまだありません。`);
    line.nameSpeaker(name);
    this.page.say(`発言者：${name}`);
  }

  private async play(step: () => Promise<unknown>): Promise<Outcome> {
    await step();
    return DONE;
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.page.say(problem.message);
    }
  }
}

/** The joined text, with what was typed where the text `before` it stands, else at the end. */
function withText(joined: string, before: string, typed: string): string {
  const place = before ? joined.lastIndexOf(before) : -1;
  if (place < 0) return joined + typed;
  return joined.slice(0, place) + typed + joined.slice(place + before.length);
}
