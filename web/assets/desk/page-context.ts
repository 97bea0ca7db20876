/** What all parts of the desk share: which transcript it is, what may be done with it, and what
 * happens at it. */

import { required } from "../base/elements";
import { Refusal } from "../base/http";
import { Signal } from "../base/signal";
import { KeyBindings } from "./commands/key-bindings";
import type { Decided, SegmentContext, SegmentModel } from "./segments/segment-model";
import type { AgendaItem, Segment } from "./server";
import { SpeakerNames } from "./speaker-names";

const TOUCH = matchMedia("(pointer: coarse)");

export class PageContext implements SegmentContext {
  /** Of the transcript in the API. */
  readonly path: string;
  readonly meetingId: string;
  /** Whose right it is; not while the minutes are approved (`mayCorrect`). */
  readonly isCorrector: boolean;
  readonly names = new SpeakerNames();
  readonly keys = new KeyBindings();
  readonly changed = new Signal<[SegmentModel]>();
  readonly saved = new Signal<[SegmentModel, Segment, Decided | null]>();
  /** The hands have come to the text of a segment. */
  readonly entered = new Signal<[SegmentModel]>();
  readonly left = new Signal<[SegmentModel]>();
  /** Somebody is typing a text. */
  readonly typed = new Signal();
  /** Segments came, went or were decided: who counts them counts anew. */
  readonly counted = new Signal();
  agendaItems: AgendaItem[] = [];
  /** The minutes that were made from the transcript are approved. */
  isClosed = false;

  private readonly note = required<HTMLElement>("[data-note]");

  constructor({ dataset }: HTMLElement) {
    this.path = `/api/transcripts/${dataset.transcript}`;
    this.meetingId = dataset.meeting ?? "";
    this.isCorrector = dataset.mayCorrect === "yes";
    for (const event of ["input", "change"]) document.addEventListener(event, () => this.say(""));
  }

  get mayCorrect(): boolean {
    return this.isCorrector && !this.isClosed;
  }

  /** One sentence, said once. */
  say(words: string): void {
    this.note.textContent = words;
  }

  /** What was done, and how it is taken back. */
  sayDone(words: string): void {
    const way = TOUCH.matches ? "「操作」の「元に戻す」" : this.keys.shownOf("undo");
    this.say(`${words}（戻すときは${way}）`);
  }

  /** Says why the work could not be done, when the server refuses it. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.say(problem.message);
    }
  }
}
