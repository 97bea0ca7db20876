/** What can be done at the desk by key or by button: every act with its words and its keys. */

import { position } from "../../base/times";
import type { AlikePanel } from "../offers/alike-panel";
import type { HistoryBox } from "../offers/history-box";
import type { VoiceNaming } from "../offers/voice-naming";
import type { PageContext } from "../page-context";
import type { Saving } from "../saving";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import { secondsBefore } from "../segments/spoken-words";
import type { Player } from "../sound/player";
import type { UndoStack } from "../undo/undo-stack";
import type { Cutting } from "./cutting";
import type { Decisions } from "./decisions";
import type { Editing } from "./editing";
import type { Action } from "./key-bindings";
import type { KeyList } from "./key-list";
import { openMenu } from "./menu";
import type { Navigation } from "./navigation";
import type { TextSearch } from "./text-search";

const MOST_NAMES = 9;
const CLOSED = "会議録が承認されているため、いまは直せません。";
const SAVED_BY_ITSELF = "入力した文は、自動で保存しています。";
/** For hands without a keyboard: what is offered for a segment. */
const OFFERED = [
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

/** The parts of the desk that do the acts. */
export interface ActingParts {
  readonly page: PageContext;
  readonly list: SegmentList;
  readonly player: Player;
  readonly saving: Saving;
  readonly navigation: Navigation;
  readonly search: TextSearch;
  readonly decisions: Decisions;
  readonly editing: Editing;
  readonly cutting: Cutting;
  readonly voices: VoiceNaming;
  readonly alike: AlikePanel;
  readonly history: HistoryBox;
  readonly undo: UndoStack;
  readonly keyList: KeyList;
}

export class Commands {
  private readonly actions: Action[];

  constructor(private readonly desk: ActingParts) {
    const heard = [...this.listening(), ...this.going()];
    const correcting = [...this.deciding(), ...this.writing()].map((one) => this.whenOpen(one));
    this.actions = desk.page.isCorrector ? [...heard, ...correcting] : heard;
    desk.page.keys.listen(this.actions);
  }

  /** For hands without a keyboard: what else can be done with this line. */
  offer(line: SegmentModel): void {
    const offered = OFFERED.flatMap((name) => this.actions.filter((one) => one.name === name));
    const title = `${position(line.segment.start_seconds)}の発話`;
    openMenu(title, offered, () => this.desk.list.open(line));
  }

  private listening(): Action[] {
    const { player } = this.desk;
    return [
      this.act("toggle", "再生／一時停止", ["Escape", "Control+ "], () => player.toggle()),
      this.act("back", "3秒戻る", ["F2"], () => player.step(-1)),
      this.act("forward", "3秒進む", ["F4"], () => player.step(1)),
      this.act("slower", "遅くする", ["Shift+F2"], () => player.changeSpeed(-1)),
      this.act("faster", "速くする", ["Shift+F4"], () => player.changeSpeed(1)),
      this.act("hear-here", "カーソルの言葉から聞く", ["Alt+p"], () => this.hearHere()),
      this.act("loop", "この発話を繰り返し聞く／やめる", ["Alt+l"], () => this.loop()),
    ];
  }

  private going(): Action[] {
    const { navigation: go, search } = this.desk;
    const { unconfirmed } = go;
    return [
      this.act("up", "前の発話へ", ["Control+ArrowUp"], () => go.move(-1)),
      this.act("down", "次の発話へ", ["Control+ArrowDown"], () => go.move(1)),
      this.act("next", "次の疑わしい箇所へ", ["F8"], () => go.nextDoubtful(1)),
      this.act("previous", "前の疑わしい箇所へ", ["Shift+F8"], () => go.nextDoubtful(-1)),
      this.act("unconfirmed", "次の未確認の発話へ", ["Alt+k"], () => unconfirmed.next(1)),
      this.act("unconfirmed-before", "前の未確認の発話へ", ["Alt+Shift+k"], () =>
        unconfirmed.next(-1),
      ),
      this.act("heard", "いま聞こえている発話へ", ["Alt+g"], () => go.goToSecond(null)),
      this.act("unsure", "次の自信のない言葉へ", ["F7", "Alt+u"], () => go.nextUnsure(1)),
      this.act("unsure-before", "前の自信のない言葉へ", ["Shift+F7", "Alt+Shift+u"], () =>
        go.nextUnsure(-1),
      ),
      this.act("find", "言葉を探す、時刻へ行く", ["Control+f"], () => search.open()),
      this.act("find-next", "次の同じ言葉へ", ["F3"], () => search.next(1)),
      this.act("find-previous", "前の同じ言葉へ", ["Shift+F3"], () => search.next(-1)),
      this.act("history", "この発話の移り変わり", ["Alt+h"], () =>
        this.withCurrent((line) => this.desk.page.attempt(() => this.desk.history.open(line))),
      ),
      this.act("help", "キー操作の一覧", ["F1", "?"], () => this.desk.keyList.open()),
    ];
  }

  private deciding(): Action[] {
    const { decisions, editing, alike, undo, voices, list } = this.desk;
    return [
      this.act("confirm", "確認して次の発話へ", ["Control+Enter"], () =>
        decisions.confirmAndGoOn(),
      ),
      this.act("confirm-until", "ここまでの未確認を確認済みにする", ["Alt+Shift+Enter"], () =>
        decisions.confirmUntilHere(),
      ),
      this.act("save", "すぐに保存する（ふだんは自動）", ["Control+s"], () => this.save()),
      this.act("add-term", "選んだ言葉を用語に加える", ["Alt+w"], () => editing.addTerm()),
      this.act("accept", "修正候補を採る（自動の修正は「よい」）", ["F9"], () =>
        decisions.decide("acceptance"),
      ),
      this.act("refuse", "修正候補を採らない（自動の修正は戻す）", ["F10"], () =>
        decisions.decide("refusal"),
      ),
      this.act("alike", "同じように直す箇所の一覧へ", ["Alt+a"], () => alike.focus()),
      this.act("undo", "元に戻す", ["Control+z"], () => editing.takeBack()),
      this.act("redo", "やり直す", ["Control+y", "Control+Shift+z"], () => undo.redo()),
      this.act("voice", "この声のすべてに名前を付ける", ["Alt+n"], () =>
        this.withCurrent((line) => voices.ask(line)),
      ),
      this.act("voice-accept", "声紋の候補の名前にする", ["Alt+m"], () =>
        voices.accept(list.current),
      ),
      this.act("voice-dismiss", "声紋の候補を採らない", ["Alt+Shift+m"], () =>
        voices.dismiss(list.current),
      ),
      this.act("voice-split", "ここから先を別の声にする", ["Alt+b"], () =>
        this.withCurrent((line) => voices.split(line)),
      ),
    ];
  }

  private writing(): Action[] {
    const { cutting, editing, player } = this.desk;
    return [
      this.act("split", "カーソルの所で発話を分ける", ["Alt+Enter"], () => cutting.split()),
      this.act("join", "次の発話とつなげる", ["Alt+j"], () => cutting.join()),
      this.act("annotate", "注記を入れる（拍手、休憩、聞き取り不能など）", ["Alt+i"], () =>
        editing.annotate(),
      ),
      this.act("time", "いまの時刻を入れる", ["Alt+t"], () =>
        editing.insert(`（${position(player.seconds)}）`),
      ),
      ...Array.from({ length: MOST_NAMES }, (_, n) =>
        this.act(`name-${n + 1}`, `発言者を${n + 1}番の人にする`, [`Alt+${n + 1}`], () =>
          editing.name(n),
        ),
      ),
    ];
  }

  private act(name: string, words: string, keys: string[], work: () => unknown): Action {
    const run = (): void => {
      this.desk.page.say(""); // what was said of an earlier act
      void work();
    };
    return { name, words, keys, run };
  }

  private whenOpen(action: Action): Action {
    const { page } = this.desk;
    const run = (): void => (page.mayCorrect ? action.run() : page.say(CLOSED));
    return { ...action, run };
  }

  private withCurrent(work: (line: SegmentModel) => unknown): unknown {
    const line = this.desk.list.current;
    return line && work(line);
  }

  private loop(): void {
    const { player, list } = this.desk;
    if (player.isLooping || !list.current) return player.setLoop(null);
    const { start_seconds: start, end_seconds: end } = list.current.segment;
    player.setLoop({ start, end });
  }

  private hearHere(): void {
    const { player, list } = this.desk;
    const line = list.current;
    const place = list.rowOf(line)?.text.selectionStart ?? 0;
    if (line) player.playFrom(secondsBefore(line, place));
  }

  private save(): void {
    this.desk.saving.saveAll();
    this.desk.page.say(SAVED_BY_ITSELF);
  }
}
