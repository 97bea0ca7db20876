/**
 * One segment on the page. Its element stays the same as long as the page is open, so that
 * neither the focus nor an unfinished conversion of the input method is ever lost.
 */

import { forget, keep, kept } from "./kept";
import { showProposals } from "./proposals";
import type { Decision } from "./proposals";
import { call, Refusal } from "./server";
import type { AgendaItem, Mark, Proposal, Segment, SegmentChanged, TranscriptAccuracy } from "./server";
import { make, plain, position } from "./words";

const WAIT_MS = 1000;
const NAME_WAIT_MS = 4000;
const SIZES_ITSELF = CSS.supports("field-sizing", "content");

/** What a row asks of the page around it. */
export interface Desk {
  readonly mayCorrect: boolean;
  readonly agendaItems: AgendaItem[];
  showAccuracy(accuracy: TranscriptAccuracy): void;
  /** The state of some row has changed. */
  noteState(): void;
  hear(row: Row): void;
  goTo(row: Row): void;
  startAgendaItem(row: Row, agendaItemId: number | null): Promise<void>;
  addName(name: string): void;
  isKnownName(name: string): boolean;
}

export class Row {
  readonly element = make("li", { class: "segment" });
  readonly text: HTMLTextAreaElement;
  readonly agendaSelect = make("select");
  refusal: Refusal | null = null;

  private readonly speaker: HTMLInputElement;
  private readonly confirmed = make("input", { type: "checkbox" });
  private readonly marks = make("p", { class: "segment-marks" });
  private readonly proposals = make("ul", { class: "proposals", "aria-label": "修正候補" });
  private readonly state = make("span", { class: "segment-state" });
  private readonly doubt = make("p", { class: "segment-doubt" });
  private readonly heading = make("p", { class: "segment-item" });
  private readonly problem = make("div", { class: "segment-problem" });
  /** The typed text that led to `segment.text`: the server may have cleaned it. */
  private accepted: string | null = null;
  private wantsConfirmed: boolean;
  private isInConflict = false;
  private isComposing = false;
  private isSending = false;
  private wasTouched = false;
  private sending = Promise.resolve();
  private timer = 0;

  constructor(
    public segment: Segment,
    private readonly desk: Desk,
  ) {
    const place = position(segment.start_seconds);
    this.wantsConfirmed = segment.is_confirmed;
    this.text = make("textarea", {
      class: "segment-text",
      rows: "1",
      "aria-label": `${place}の発話`,
    });
    this.speaker = make("input", {
      list: "speaker-names",
      placeholder: "発言者",
      "aria-label": `${place}の発言者`,
      autocomplete: "off",
      class: "segment-speaker",
    });
    this.text.value = segment.text;
    this.speaker.value = segment.speaker ?? "";
    this.build(place);
    this.show();
    if (desk.mayCorrect) {
      this.listen();
      this.restore();
    }
  }

  get isDirty(): boolean {
    return (
      this.isTextDirty || this.isSpeakerDirty || this.wantsConfirmed !== this.segment.is_confirmed
    );
  }

  get isBusy(): boolean {
    return this.isSending;
  }

  get isUntouchable(): boolean {
    return this.isDirty || this.isBusy || this.isInConflict || this.isComposing;
  }

  /** Confirm once the text is saved. */
  confirm(): void {
    this.wantsConfirmed = true;
    this.show();
    void this.sync();
  }

  /** What somebody else may have changed, unless this person is at it. */
  refresh(segment: Segment): void {
    if (this.isUntouchable) return;
    const isOpen = document.activeElement === this.text;
    // Never change a text under somebody's hands: their next change will show both texts.
    if (isOpen && segment.text !== this.segment.text) return;
    if (segment.text !== this.segment.text) this.accepted = null;
    this.take(segment);
    this.wantsConfirmed = segment.is_confirmed;
    if (document.activeElement !== this.speaker) this.speaker.value = segment.speaker ?? "";
    if (!isOpen) this.setText(segment.text);
    this.show();
  }

  /** The agenda item has changed, and nothing else. */
  placeIn(segment: Segment): void {
    this.segment = { ...this.segment, agenda_item_id: segment.agenda_item_id };
    this.agendaSelect.value = String(segment.agenda_item_id ?? "");
  }

  setHeading(words: string | null): void {
    this.heading.hidden = words === null;
    this.heading.textContent = words;
  }

  setHeard(isHeard: boolean): void {
    this.element.classList.toggle("is-heard", isHeard);
  }

  fit(): void {
    if (SIZES_ITSELF) return;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  /** Bring the server to what stands here: first the text, then the speaker, then the tick. */
  sync(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isSending && !this.isInConflict && !this.isComposing) this.sending = this.send();
    return this.sending;
  }

  private async send(): Promise<void> {
    await this.whileSending(async () => {
      for (let step = this.nextStep(); step; step = this.nextStep()) {
        this.takeOver(await step());
        if (!this.isTextDirty) forget(this.segment.id);
      }
    });
  }

  private takeOver(changed: SegmentChanged): void {
    this.take(changed.segment);
    this.desk.showAccuracy(changed.accuracy);
  }

  private async whileSending(work: () => Promise<void>): Promise<void> {
    this.isSending = true;
    this.show();
    try {
      await work();
      this.refusal = null;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.refused(problem);
    } finally {
      this.isSending = false;
      this.show();
      this.desk.noteState();
    }
  }

  private get isTextDirty(): boolean {
    const typed = plain(this.text.value);
    return typed !== this.segment.text && typed !== this.accepted;
  }

  private get isSpeakerDirty(): boolean {
    return plain(this.speaker.value) !== (this.segment.speaker ?? "");
  }

  private nextStep(): (() => Promise<SegmentChanged>) | null {
    const path = `/api/segments/${this.segment.id}`;
    if (this.isComposing) return null;
    if (this.isTextDirty) {
      const typed = plain(this.text.value);
      return async () => {
        const body = { text: typed, revision: this.segment.revision };
        const changed = await call<SegmentChanged>("PUT", `${path}/text`, body);
        this.accepted = typed;
        return changed;
      };
    }
    if (this.isSpeakerDirty) {
      const name = plain(this.speaker.value);
      return async () => {
        const changed = await call<SegmentChanged>("PUT", `${path}/speaker`, { name });
        this.desk.addName(name);
        return changed;
      };
    }
    if (this.wantsConfirmed !== this.segment.is_confirmed)
      return () => call(this.wantsConfirmed ? "PUT" : "DELETE", `${path}/confirmation`);
    return null;
  }

  private refused(refusal: Refusal): void {
    if (refusal.theirs !== null && refusal.revision !== null) {
      this.showConflict(refusal.message, refusal.theirs, refusal.revision);
      return;
    }
    this.refusal = refusal;
    if (refusal.isPassing) return; // the page tells it once for all rows, and tries again
    this.wantsConfirmed = this.segment.is_confirmed;
    if (!this.isTextDirty) this.speaker.value = this.segment.speaker ?? "";
    this.problem.replaceChildren(make("p", { role: "alert" }, refusal.message));
  }

  private take(segment: Segment): void {
    this.segment = segment;
    this.problem.replaceChildren();
    this.showMarks(segment.marks);
    this.showProposals();
  }

  private showProposals(): void {
    const decide = (proposal: Proposal, decision: Decision): void =>
      void this.settle(proposal, decision);
    showProposals(this.proposals, this.segment.proposals, this.desk.mayCorrect ? decide : null);
  }

  /** First what was typed is saved: the decision is about the text that stands there then. */
  private async settle(proposal: Proposal, decision: Decision): Promise<void> {
    await this.sync();
    if (this.isSending || this.isTextDirty || this.isInConflict) return;
    const before = this.text.value;
    await this.whileSending(async () => {
      const path = `/api/proposals/${proposal.id}/${decision}`;
      const body = { revision: this.segment.revision };
      const changed = await call<SegmentChanged>("POST", path, body);
      const wasInside = this.proposals.contains(document.activeElement);
      this.takeOver(changed);
      // What was typed meanwhile stays, as their newest words.
      if (this.text.value === before) this.setText(changed.segment.text);
      if (wasInside) (this.proposals.querySelector("button") ?? this.text).focus();
    });
    if (this.isDirty && !this.refusal) void this.sync();
  }

  private typed(): void {
    this.wasTouched = true;
    this.fit();
    if (this.isTextDirty)
      keep(this.segment.id, { revision: this.segment.revision, text: plain(this.text.value) });
    clearTimeout(this.timer);
    if (!this.isComposing) this.timer = window.setTimeout(() => void this.sync(), WAIT_MS);
    this.show();
    this.desk.noteState();
  }

  private listen(): void {
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("compositionstart", () => (this.isComposing = true));
    this.text.addEventListener("compositionend", () => {
      this.isComposing = false;
      this.typed();
    });
    this.text.addEventListener("blur", () => {
      this.isComposing = false;
      void this.sync();
    });
    this.text.addEventListener("keydown", (event) => {
      const isPlainEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey;
      // A segment is one line; while converting, Enter belongs to the input method.
      if (isPlainEnter && !event.isComposing && event.keyCode !== 229) event.preventDefault();
    });
    this.speaker.addEventListener("input", () => this.nameTyped());
    this.speaker.addEventListener("change", () => this.touched());
    this.speaker.addEventListener("blur", () => this.touched());
    this.confirmed.addEventListener("change", () => {
      this.wantsConfirmed = this.confirmed.checked;
      this.touched();
    });
    this.agendaSelect.addEventListener("change", () => {
      const chosen = this.agendaSelect.value ? Number(this.agendaSelect.value) : null;
      void this.desk.startAgendaItem(this, chosen);
    });
  }

  /** A whole name is saved at once, half of one not before its writer pauses or leaves. */
  private nameTyped(): void {
    this.show();
    this.desk.noteState();
    clearTimeout(this.timer);
    const isWhole = this.desk.isKnownName(plain(this.speaker.value));
    this.timer = window.setTimeout(() => this.touched(), isWhole ? 0 : NAME_WAIT_MS);
  }

  private touched(): void {
    this.wasTouched ||= this.isDirty;
    if (this.isDirty) void this.sync();
  }

  /** Unsaved text of an earlier visit: sent now, or shown beside what stands there by now. */
  private restore(): void {
    const earlier = kept(this.segment.id);
    if (!earlier) return;
    if (earlier.text === this.segment.text) {
      forget(this.segment.id);
      return;
    }
    this.wasTouched = true;
    this.text.value = earlier.text;
    if (earlier.revision === this.segment.revision) {
      this.timer = window.setTimeout(() => void this.sync(), 0);
    } else {
      const message = "前に入力して保存できなかった文があります。そのあとこの発話が変わりました。";
      this.showConflict(message, this.segment.text, this.segment.revision);
    }
  }

  private showConflict(message: string, theirs: string, revision: number): void {
    this.isInConflict = true;
    const mine = make("button", { type: "button", class: "button" }, "自分の文にする");
    const other = make("button", { type: "button", class: "button" }, "相手の文にする");
    mine.addEventListener("click", () => this.decide(plain(this.text.value), revision));
    other.addEventListener("click", () => this.decide(theirs, revision));
    const texts = make(
      "dl",
      {},
      make("dt", {}, "自分の文（上の欄。直してから選べます）"),
      make("dd", {}, plain(this.text.value)),
      make("dt", {}, "相手の文（いま保存されている文）"),
      make("dd", {}, theirs),
    );
    this.problem.replaceChildren(
      make("p", { role: "alert" }, message),
      texts,
      make("div", { class: "segment-choice" }, mine, other),
    );
    this.show();
    this.desk.noteState();
  }

  /** Both have been seen: what is chosen goes on top of the newest revision. */
  private decide(text: string, revision: number): void {
    this.isInConflict = false;
    this.segment = { ...this.segment, revision, text: `${text} ` }; // differs: sent in any case
    this.accepted = null;
    this.setText(text);
    keep(this.segment.id, { revision, text });
    this.problem.replaceChildren();
    this.text.focus();
    void this.sync();
  }

  private setText(text: string): void {
    if (this.text.value === text) return;
    this.text.value = text;
    this.accepted = null;
    this.fit();
  }

  private build(place: string): void {
    const time = make(
      "button",
      { type: "button", class: "segment-time", "aria-label": `${place}から聞く` },
      place,
    );
    time.addEventListener("click", () => this.desk.hear(this));
    this.text.addEventListener("focus", () => this.desk.goTo(this));
    this.element.id = `segment-${this.segment.id}`;
    this.agendaSelect.setAttribute("aria-label", `${place}から始まる議題`);
    this.agendaSelect.append(make("option", { value: "" }, "（議題なし）"));
    for (const item of this.desk.agendaItems)
      this.agendaSelect.append(
        make("option", { value: String(item.id) }, `${item.number}　${item.title}`),
      );
    const tick = make("label", { class: "segment-confirm" }, this.confirmed, "確認済み");
    const agenda = make("label", { class: "segment-agenda" }, "ここから議題", this.agendaSelect);
    const head = make("div", { class: "segment-head" }, time, this.speaker, agenda, this.state);
    if (!this.desk.mayCorrect) {
      this.text.readOnly = true;
      for (const field of [this.speaker, this.agendaSelect, this.confirmed]) field.disabled = true;
    }
    const body = make("div", { class: "segment-body" }, this.text, tick);
    this.doubt.textContent = this.segment.doubt && `要確認：${this.segment.doubt}`;
    this.element.append(this.heading, head, this.doubt, body, this.marks, this.proposals, this.problem);
    this.showMarks(this.segment.marks);
    this.showProposals();
  }

  private show(): void {
    this.confirmed.checked = this.wantsConfirmed;
    this.doubt.hidden = !this.segment.doubt || this.wantsConfirmed;
    this.agendaSelect.value = String(this.segment.agenda_item_id ?? "");
    this.element.classList.toggle("is-confirmed", this.wantsConfirmed);
    const isUnsaved = this.isDirty || this.isInConflict;
    this.element.classList.toggle("is-unsaved", isUnsaved);
    this.wasTouched ||= this.isSending && isUnsaved;
    const words = this.isSending && isUnsaved ? "保存中…" : isUnsaved ? "未保存" : "保存済み";
    this.state.textContent = this.wasTouched ? words : "";
  }

  /** The corrected places, underlined in red; what was heard there shows on pointing. */
  private showMarks(marks: Mark[]): void {
    const isCorrected = marks.some((mark) => mark.is_corrected);
    this.marks.hidden = !isCorrected;
    this.marks.replaceChildren(...(isCorrected ? marks.map(marked) : []));
  }
}

function marked(mark: Mark): Node {
  if (!mark.is_corrected) return document.createTextNode(mark.text);
  const title = mark.heard ? `聞き取り：${mark.heard}` : "聞き取りになかった字";
  return mark.text
    ? make("ins", { class: "corrected", title }, mark.text)
    : make("del", { class: "corrected", title: "聞き取りから除いた字" }, mark.heard);
}
