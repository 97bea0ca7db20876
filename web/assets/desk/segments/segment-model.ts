/**
 * One segment as this person has it: what the server holds, what was typed here, and the way from
 * one to the other. It needs no place on the page: `view` is its form while it is near the window.
 */

import { Refusal, request } from "../../base/http";
import type { Signal } from "../../base/signal";
import { inCharacters, inField, plain } from "../../base/text-places";
import type { Proposal, Segment, SegmentChanged, Word } from "../server";
import type { SpeakerNames } from "../speaker-names";
import { forget, keep, kept } from "./local-drafts";
import type { Decision } from "./proposals";
import type { TimedText } from "./word-places";

const WAIT_MS = 1000;
const NAME_WAIT_MS = 4000;

/** Two people's texts, until this one has chosen. */
export interface Conflict {
  message: string;
  theirs: string;
  revision: number;
}

export interface Decided {
  proposal: Proposal;
  decision: Decision;
}

/** What a line tells its form on the page. */
export interface SegmentView {
  /** Whether somebody is in its text. */
  readonly hasFocus: boolean;
  /** Shows what changes while one types. */
  show(): void;
  /** Shows when its words were said, which is known by now. */
  showWords(): void;
  /** Shows another state of the segment than before. */
  takeOver(): void;
}

/** What a line needs of the page, and tells it. */
export interface SegmentContext {
  readonly isCorrector: boolean;
  readonly names: SpeakerNames;
  /** Something of this line has changed: typed, saved, refused. */
  readonly changed: Signal<[SegmentModel]>;
  /** The server has taken over what was done here; the second is how it was before. */
  readonly saved: Signal<[SegmentModel, Segment, Decided | null]>;
}

export class SegmentModel {
  text: string;
  speaker: string;
  wantsConfirmed: boolean;
  isComposing = false;
  conflict: Conflict | null = null;
  refusal: Refusal | null = null;
  /** There is no such segment any more; what was typed into it is still here. */
  isGone = false;
  view: SegmentView | null = null;
  wasTouched = false;
  /** When they were said; null while nobody has asked. */
  words: TimedText | null = null;
  /** When the server's state was taken over last, on the clock of `performance`. */
  takenAt = performance.now();

  /** The typed text that led to `segment.text`: the server may have cleaned it. */
  private accepted: string | null = null;
  /** What this browser keeps of it. */
  private keptText: string | null = null;
  private isSending = false;
  private sending = Promise.resolve();
  private timer = 0;

  constructor(
    public segment: Segment,
    private readonly page: SegmentContext,
  ) {
    this.text = segment.text;
    this.speaker = segment.speaker ?? "";
    this.wantsConfirmed = segment.is_confirmed;
    if (page.isCorrector) this.restore();
  }

  get id(): number {
    return this.segment.id;
  }

  get isTextDirty(): boolean {
    const typed = plain(this.text);
    return typed !== this.segment.text && typed !== this.accepted;
  }

  get isSpeakerDirty(): boolean {
    return plain(this.speaker) !== (this.segment.speaker ?? "");
  }

  get isDirty(): boolean {
    return (
      this.isTextDirty || this.isSpeakerDirty || this.wantsConfirmed !== this.segment.is_confirmed
    );
  }

  get isBusy(): boolean {
    return this.isSending;
  }

  get isUnsaved(): boolean {
    return this.isDirty || this.conflict !== null;
  }

  private get isUntouchable(): boolean {
    return this.isUnsaved || this.isSending || this.isComposing;
  }

  takeWords(words: Word[], revision: number): void {
    if (revision !== this.segment.revision) return; // it is asked for again with the newer text
    const { text } = this.segment;
    let end = 0;
    const inText = words.map((word) => {
      const start = end;
      end = inField(text, inCharacters(text, start) + word.letters);
      return { ...word, letters: end - start };
    });
    this.words = { text, words: inText };
    this.view?.showWords();
  }

  /** As it stands in the field, maybe in the middle of a conversion. Saved after a pause. */
  type(text: string): void {
    this.text = text;
    this.wasTouched = true;
    if (this.isTextDirty) this.keep();
    else this.forget();
    this.syncAfter(WAIT_MS);
  }

  /** A whole name is saved at once, half of one not before its writer pauses or leaves. */
  typeSpeaker(name: string): void {
    this.speaker = name;
    this.syncAfter(this.page.names.has(plain(name)) ? 0 : NAME_WAIT_MS);
  }

  /** Written whole, not letter by letter: by an undo, or with all that are alike. */
  write(text: string): void {
    this.type(text);
    void this.sync();
  }

  nameSpeaker(name: string): void {
    this.speaker = name;
    this.touch();
  }

  setConfirmed(isConfirmed: boolean): void {
    this.wantsConfirmed = isConfirmed;
    this.touch();
  }

  /** The hands have left it: what is new is saved now. */
  touch(): void {
    this.wasTouched ||= this.isDirty;
    this.show();
    if (this.isDirty) void this.sync();
  }

  /** Bring the server to what stands here: first the text, then the speaker, then the tick. */
  sync(): Promise<void> {
    clearTimeout(this.timer);
    const isHeldBack = this.isGone || this.conflict || this.isComposing;
    if (!this.isSending && !isHeldBack) this.sending = this.send();
    return this.sending;
  }

  /** What somebody else may have changed, unless this person is at it. */
  refresh(segment: Segment, askedAt: number): void {
    this.isGone = false;
    // What was asked for before this person's own change was saved is older than that.
    if (this.isUntouchable || this.takenAt > askedAt) return;
    // Never change a text under somebody's hands: their next change will show both texts.
    if (this.view?.hasFocus && segment.text !== this.segment.text) return;
    this.take(segment);
  }

  /** How it is on the server by now; what was typed here and not sent yet stays, and unless the
   * change is this person's own (`isOwn`) so does the revision that it was typed into: what somebody
   * else wrote meanwhile must be shown, not overwritten. */
  take(segment: Segment, isOwn = false): void {
    this.takenAt = performance.now();
    const { text, revision } = this.segment;
    if (this.isTextDirty && !isOwn) segment = { ...segment, text, revision };
    const isTextChanged = segment.text !== this.segment.text && !this.isTextDirty;
    const isSpeakerDirty = this.isSpeakerDirty;
    const isDecisionOpen = this.wantsConfirmed !== this.segment.is_confirmed;
    this.segment = segment;
    if (isTextChanged) {
      this.text = segment.text;
      this.accepted = null;
    }
    if (!isSpeakerDirty) this.speaker = segment.speaker ?? "";
    if (!isDecisionOpen) this.wantsConfirmed = segment.is_confirmed;
    this.view?.takeOver();
    this.show();
  }

  /** Somebody else has joined it with another one, or taken the transcript away. */
  vanish(): void {
    clearTimeout(this.timer);
    this.isGone = true;
    this.conflict = null;
    this.refusal = null;
    this.show();
  }

  /** What was typed here is elsewhere now, or nobody wants it. */
  letGo(): void {
    this.forget();
    this.text = this.segment.text;
    this.show();
  }

  /** First what was typed is saved: the decision is about the text that stands there then. */
  async settle(proposal: Proposal, decision: Decision): Promise<void> {
    await this.sync();
    if (this.isSending || this.isTextDirty || this.conflict) return;
    const body = { revision: this.segment.revision };
    const path = `/api/proposals/${proposal.id}/${decision}`;
    const work = (): Promise<void> =>
      this.ask(() => request("POST", path, body), { proposal, decision });
    await this.whileSending(work, false);
    if (this.isDirty && !this.refusal) void this.sync();
  }

  /** Both have been seen: what is chosen goes on top of the newest revision. */
  decide(text: string, revision: number): void {
    this.conflict = null;
    this.segment = { ...this.segment, revision, text: `${text} ` }; // differs: sent in any case
    this.accepted = null;
    this.text = text;
    this.keep();
    this.show();
    void this.sync();
  }

  private keep(): void {
    this.keptText = plain(this.text);
    keep(this.segment, this.keptText);
  }

  private forget(): void {
    if (this.keptText !== null) forget(this.id, this.keptText);
    this.keptText = null;
  }

  private async send(): Promise<void> {
    await this.whileSending(async () => {
      for (let step = this.nextStep(); step; step = this.nextStep()) {
        await this.ask(step);
        if (!this.isTextDirty) this.forget();
      }
    });
  }

  private async ask(
    step: () => Promise<SegmentChanged>,
    decided: Decided | null = null,
  ): Promise<void> {
    const before = this.segment;
    const changed = await step();
    this.take(changed.segment, true);
    this.page.saved.send(this, before, decided);
  }

  /** `isOfSegment`: what is asked for is the segment itself, nothing of it that may be gone alone. */
  private async whileSending(work: () => Promise<void>, isOfSegment = true): Promise<void> {
    this.isSending = true;
    this.show();
    try {
      await work();
      this.refusal = null;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      if (problem.status === 404 && isOfSegment) this.vanish();
      else this.refused(problem);
    } finally {
      this.isSending = false;
      this.show();
    }
  }

  private nextStep(): (() => Promise<SegmentChanged>) | null {
    const path = `/api/segments/${this.id}`;
    if (this.isComposing) return null;
    if (this.isTextDirty) {
      const typed = plain(this.text);
      return async () => {
        const body = { text: typed, revision: this.segment.revision };
        const changed = await request<SegmentChanged>("PUT", `${path}/text`, body);
        this.accepted = typed; // stays in the field as it was typed
        this.segment = { ...this.segment, text: changed.segment.text };
        return changed;
      };
    }
    if (this.isSpeakerDirty) {
      const name = plain(this.speaker);
      return async () => {
        const changed = await request<SegmentChanged>("PUT", `${path}/speaker`, { name });
        // The server may have cleaned it: what it made of it is what was meant.
        if (plain(this.speaker) === name) this.speaker = changed.segment.speaker ?? "";
        this.page.names.add(name);
        return changed;
      };
    }
    if (this.wantsConfirmed !== this.segment.is_confirmed)
      return () => request(this.wantsConfirmed ? "PUT" : "DELETE", `${path}/confirmation`);
    return null;
  }

  private refused(refusal: Refusal): void {
    const { message, theirs, revision } = refusal;
    if (theirs !== null && revision !== null) {
      this.conflict = { message, theirs, revision };
      return;
    }
    this.refusal = refusal;
    if (refusal.isPassing) return; // the page tells it once for all lines, and tries again
    this.wantsConfirmed = this.segment.is_confirmed;
    if (!this.isTextDirty) this.speaker = this.segment.speaker ?? "";
  }

  private syncAfter(milliseconds: number): void {
    clearTimeout(this.timer);
    if (!this.isComposing) this.timer = window.setTimeout(() => void this.sync(), milliseconds);
    this.show();
  }

  /** Unsaved text of an earlier visit: sent now, or shown beside what stands there by now. */
  private restore(): void {
    const earlier = kept(this.id);
    if (!earlier) return;
    this.keptText = earlier.text;
    if (earlier.text === this.segment.text) {
      this.forget();
      return;
    }
    this.wasTouched = true;
    this.text = earlier.text;
    if (earlier.revision === this.segment.revision) {
      this.timer = window.setTimeout(() => void this.sync(), 0);
      return;
    }
    const message = "前に入力して保存できなかった文があります。そのあとこの発話が変わりました。";
    this.conflict = { message, theirs: this.segment.text, revision: this.segment.revision };
  }

  private show(): void {
    this.view?.show();
    this.page.changed.send(this);
  }
}
