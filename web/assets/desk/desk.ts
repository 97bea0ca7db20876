/**
 * 校正: the secretary's desk. Segments as plain text fields, saved by themselves; the sound at the
 * foot; the accuracy always in sight. New segments are added while the machine still listens.
 */

import { required } from "../base/elements";
import { type ActingParts, Commands } from "./commands/commands";
import { Cutting } from "./commands/cutting";
import { Decisions } from "./commands/decisions";
import { Editing } from "./commands/editing";
import { KeyList } from "./commands/key-list";
import { Navigation } from "./commands/navigation";
import { TextSearch } from "./commands/text-search";
import { ErrorBanner } from "./error-banner";
import { keepClear } from "./keep-clear";
import { AgendaPlaces } from "./offers/agenda-places";
import { AlikePanel } from "./offers/alike-panel";
import { FillerRemoval } from "./offers/filler-removal";
import { HistoryBox } from "./offers/history-box";
import { VoiceNaming } from "./offers/voice-naming";
import { PageContext } from "./page-context";
import { Saving } from "./saving";
import { headingOf } from "./segments/agenda-headings";
import { SegmentList } from "./segments/segment-list";
import { type RowParts, SegmentRow } from "./segments/segment-row";
import { SpokenWords } from "./segments/spoken-words";
import type { Transcript } from "./server";
import { AccuracyFigures } from "./side/accuracy-figures";
import { PagePanel } from "./side/page-panel";
import { Player } from "./sound/player";
import { SoundFollower } from "./sound/sound-follower";
import { UndoRecorder } from "./undo/undo-recorder";
import { UndoStack } from "./undo/undo-stack";
import { TranscriptUpdates, type UpdatedParts } from "./updates";
import { WorkClock } from "./work-clock";

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
