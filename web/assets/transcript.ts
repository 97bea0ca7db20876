/**
 * 校正: the secretary's desk. Segments as plain text fields, saved by themselves; the sound at the
 * foot; the accuracy always in sight. New segments are added while the machine still listens.
 */

import { required } from "./base/elements";
import { AgendaPlaces } from "./transcript/agenda-places";
import { AlikePanel } from "./transcript/alike";
import { keepClear } from "./transcript/clear";
import { type ActingParts, Commands } from "./transcript/commands";
import { Cutting } from "./transcript/cutting";
import { Decisions } from "./transcript/decisions";
import { Editing } from "./transcript/editing";
import { ErrorBanner } from "./transcript/error-banner";
import { AccuracyFigures } from "./transcript/figures";
import { FillerRemoval } from "./transcript/fillers";
import { TextSearch } from "./transcript/finding";
import { HistoryBox } from "./transcript/history";
import { headingOf } from "./transcript/items";
import { KeyList } from "./transcript/key-list";
import { SegmentList } from "./transcript/list";
import { Navigation } from "./transcript/navigation";
import { PageContext } from "./transcript/page-context";
import { PagePanel } from "./transcript/page-panel";
import { Player } from "./transcript/player";
import { Saving } from "./transcript/saving";
import { type RowParts, SegmentRow } from "./transcript/segment-view";
import type { Transcript } from "./transcript/server";
import { SoundFollower } from "./transcript/sound-follower";
import { SpokenWords } from "./transcript/spoken";
import { UndoStack } from "./transcript/undo";
import { UndoRecorder } from "./transcript/undoable";
import { TranscriptUpdates, type UpdatedParts } from "./transcript/updates";
import { VoiceNaming } from "./transcript/voices";
import { WorkClock } from "./transcript/work-clock";

/** The parts of the desk, each made once and given the parts that it needs. */
class Desk implements RowParts, ActingParts, UpdatedParts {
  readonly page = new PageContext(required("[data-transcript]"));
  readonly banner = new ErrorBanner();
  readonly saving = new Saving(this.page, this.banner);
  readonly list: SegmentList = new SegmentList(
    required("[data-segments]"),
    (line) => new SegmentRow(line, this.page, this),
    (line, before) => headingOf(line.segment, before?.segment ?? null, this.page.agendaItems),
    () => this.page.counted.send(),
  );
  readonly words = new SpokenWords(this.page.path, this.list.lines);
  readonly player = new Player(required("[data-player]"));
  readonly panel = new PagePanel(required("[data-page-panel]"), (seconds) =>
    this.player.playFrom(seconds),
  );
  readonly undo = new UndoStack((sentence) => this.page.say(sentence));
  readonly recorder = new UndoRecorder(this.undo, this.list, this.page);
  readonly alike = new AlikePanel(this.list, this.recorder);
  readonly editing = new Editing(this.page, this.list, this.undo, this.recorder, this.alike);
  readonly sound = new SoundFollower(this.page, this.list, this.player, this.words, this.panel);
  readonly navigation = new Navigation(this.page, this.list, this.player, this.words);
  readonly decisions = new Decisions(this.page, this.list, this.navigation, this.recorder);
  readonly cutting = new Cutting(this.page, this.list, this.undo);
  readonly search = new TextSearch(this.list, (seconds) => this.navigation.goToSecond(seconds));
  readonly history = new HistoryBox(this.list, this.page);
  readonly voices = new VoiceNaming(this.list, this.page, this.recorder, this.sound);
  readonly agenda = new AgendaPlaces(this.page, this.list, this.recorder, this.banner);
  readonly keyList = new KeyList(this.page.keys);
  readonly commands = new Commands(this);
  private readonly figures = new AccuracyFigures();
  private readonly updates = new TranscriptUpdates(this);

  constructor() {
    this.page.saved.listen(() => this.page.counted.send());
    this.page.counted.listen(() => this.showFigures());
    new FillerRemoval(this.list, this.recorder);
    if (this.page.isCorrector) new WorkClock(this.page, this.player);
    keepClear();
    const side = required<HTMLDetailsElement>("[data-side]");
    side.open = !matchMedia("(max-width: 900px)").matches;
    this.updates.begin(JSON.parse(required("[data-beginning]").textContent!) as Transcript);
  }

  private showFigures(): void {
    const there = this.list.lines.filter((line) => !line.isGone);
    const segments = there.map(({ segment }) => segment);
    this.figures.show(this.page.agendaItems, segments);
  }
}

new Desk();
