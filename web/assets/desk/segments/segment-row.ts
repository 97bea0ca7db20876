/** A line as it is seen: made when it comes near the window, removed when it has left it. */

import { alert, button, make } from "../../base/elements";
import { plain } from "../../base/text-places";
import { position } from "../../base/times";
import type { PageContext } from "../page-context";
import type { Mark, Other } from "../server";
import type { Heading, Place } from "./agenda-headings";
import { chosenPlace, fillChoice, showHeading } from "./agenda-headings";
import { showFillers } from "./filler-text";
import { marked } from "./marks";
import { showProposals } from "./proposals";
import type { SegmentModel, SegmentView } from "./segment-model";
import { type PlacedWord, placed } from "./word-places";

const GONE =
  "この発話はもうありません。ほかの人が前の発話とつなげたか、逐語録が消されました。" +
  "入力した文は上の欄に残してあります。";
const SIZES_ITSELF = CSS.supports("field-sizing", "content");

/** The parts of the desk to which the buttons and fields of a row turn. */
export interface RowParts {
  readonly sound: { hear(line: SegmentModel): void };
  /** The row shows when its words were said, as soon as that is known. */
  readonly words: { want(line: SegmentModel): void };
  /** What else can be done with this line, for hands without a keyboard. */
  readonly commands: { offer(line: SegmentModel): void };
  /** Where in the agenda its talk belongs. */
  readonly agenda: {
    begin(line: SegmentModel, place: Place): void;
    confirm(line: SegmentModel): void;
  };
  /** Whose voice it is. */
  readonly voices: { ask(line: SegmentModel): void };
  readonly editing: {
    /** Back to the saved text; or, of a line that is gone, away with it. */
    dropTyped(line: SegmentModel): Promise<void>;
    /** What was typed into a line that is gone becomes a part of the line before it. */
    rescue(line: SegmentModel): void;
  };
}

export class SegmentRow implements SegmentView {
  readonly element = make("li", { class: "segment" });
  readonly text: HTMLTextAreaElement;

  /** Below the text, letter for letter: the word that is heard, and those that are not sure. */
  private readonly words = make("div", { class: "segment-words", "aria-hidden": "true" });
  private shownWords: { word: PlacedWord; element: HTMLElement }[] = [];
  private wordsOf = "";
  private heardWord: HTMLElement | null = null;
  private second: number | null = null;
  private readonly agendaSelect = make("select");
  private readonly speaker: HTMLInputElement;
  private readonly guess = make("button", { type: "button", class: "segment-voiceprint" });
  private readonly confirmed = make("input", { type: "checkbox" });
  private readonly fillers = make("p", { class: "segment-fillers" });
  private readonly marks = make("p", { class: "segment-marks" });
  private readonly proposals = make("ul", { class: "proposals", "aria-label": "修正候補" });
  private readonly state = make("span", { class: "segment-state" });
  private readonly other = make("span", { class: "segment-other" });
  private readonly doubt = make("p", { class: "segment-doubt" });
  private readonly mixed = make("span", { class: "segment-voices" });
  private readonly heading = make("p", { class: "segment-item" });
  private readonly problem = make("div", { class: "segment-problem" });
  /** This person's own text in a conflict; they may go on typing. */
  private readonly mine = make("dd");
  private shownProblem: unknown = null;

  constructor(
    readonly line: SegmentModel,
    private readonly page: PageContext,
    private readonly desk: RowParts,
  ) {
    const place = position(line.segment.start_seconds);
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
    this.build(place);
    this.listen();
    this.takeOver();
    this.show();
  }

  /** Whether it may be corrected now. An open conversion is not broken off. */
  allow(): void {
    const isAllowed = this.page.mayCorrect;
    if (!this.line.isComposing) this.text.readOnly = !isAllowed;
    for (const field of [this.speaker, this.guess, this.agendaSelect, this.confirmed])
      field.disabled = !isAllowed;
    this.showProposals();
  }

  get hasFocus(): boolean {
    return document.activeElement === this.text;
  }

  /** It keeps its place on the page while somebody is at it. */
  get isHeld(): boolean {
    return this.line.isComposing || this.element.contains(document.activeElement);
  }

  setHeading(heading: Heading | null): void {
    const confirm = (): void => this.desk.agenda.confirm(this.line);
    showHeading(this.heading, heading, this.page.mayCorrect ? confirm : null);
  }

  setHeard(isHeard: boolean): void {
    this.element.classList.toggle("is-heard", isHeard);
  }

  /** Null when the sound is elsewhere. */
  setSecond(seconds: number | null): void {
    this.second = seconds;
    const before = this.shownWords.filter(({ word }) => word.seconds <= (seconds ?? -1));
    const heard = before.at(-1)?.element ?? null;
    if (heard === this.heardWord) return;
    this.heardWord?.classList.remove("is-heard");
    heard?.classList.add("is-heard");
    this.heardWord = heard;
  }

  showWords(): void {
    const { words, text, wantsConfirmed } = this.line;
    const state = `${wantsConfirmed ? "confirmed" : ""} ${text}`;
    if (!words?.words.length || state === this.wordsOf) return;
    this.wordsOf = state;
    this.heardWord = null;
    this.shownWords = placed(words, text).map((word) => {
      const isMarked = word.isUnsure && !wantsConfirmed;
      const element = make("span", {}, text.slice(word.start, word.end));
      element.classList.toggle("is-unsure", isMarked);
      return { word, element };
    });
    this.words.replaceChildren(...this.shownWords.map(({ element }) => element));
    this.setSecond(this.second);
  }

  setOther(other: Other | null): void {
    const who = other?.is_self ? "あなたが別の画面で" : `${other?.name}さんが`;
    const words = other ? `${who}開いています` : "";
    if (this.other.textContent !== words) this.other.textContent = words;
  }

  fit(): void {
    if (SIZES_ITSELF) return;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  takeOver(): void {
    const { segment } = this.line;
    this.doubt.textContent = segment.doubt && `要確認：${segment.doubt}`;
    this.mixed.textContent = segment.is_mixed ? "2人の声" : "";
    this.guess.textContent = `（${segment.suggested_name}さんかもしれません）`;
    this.guess.hidden = !segment.suggested_name;
    this.showAgendaItem();
    this.showMarks(segment.marks);
    showFillers(this.fillers, segment);
    this.desk.words.want(this.line);
    this.showProposals();
  }

  show(): void {
    const { line } = this;
    if (this.text.value !== line.text) {
      this.text.value = line.text;
      this.fit();
    }
    if (this.speaker.value !== line.speaker && document.activeElement !== this.speaker)
      this.speaker.value = line.speaker;
    const isSuggested = line.segment.is_suggested && !line.isSpeakerDirty;
    this.speaker.classList.toggle("is-suggested", isSuggested);
    this.speaker.title = isSuggested ? "声の違いからの候補。名前はまだありません" : "";
    this.confirmed.checked = line.wantsConfirmed;
    this.doubt.hidden = !line.segment.doubt || line.wantsConfirmed;
    this.element.classList.toggle("is-confirmed", line.wantsConfirmed);
    this.element.classList.toggle("is-unsaved", line.isUnsaved);
    const words = !line.isUnsaved ? "保存済み" : line.isBusy ? "保存中…" : "未保存";
    this.state.textContent = line.wasTouched ? words : "";
    this.showWords();
    this.showProblem();
  }

  private listen(): void {
    const { line } = this;
    this.text.addEventListener("input", () => {
      this.fit();
      line.type(this.text.value);
      this.page.typed.send();
    });
    this.text.addEventListener("compositionstart", () => (line.isComposing = true));
    this.text.addEventListener("compositionend", () => {
      line.isComposing = false;
      line.type(this.text.value);
    });
    this.text.addEventListener("blur", () => {
      line.isComposing = false;
      line.touch();
      this.page.left.send(line);
    });
    this.text.addEventListener("keydown", (event) => {
      const isPlainEnter = event.key === "Enter" && !event.ctrlKey && !event.metaKey;
      // A segment is one line; while converting, Enter belongs to the input method.
      if (isPlainEnter && !event.isComposing && event.keyCode !== 229) event.preventDefault();
    });
    this.speaker.addEventListener("input", () => line.typeSpeaker(this.speaker.value));
    this.speaker.addEventListener("change", () => line.touch());
    this.speaker.addEventListener("blur", () => line.touch());
    this.confirmed.addEventListener("change", () => line.setConfirmed(this.confirmed.checked));
    this.listenForItems();
  }

  /** A choice among two hundred items is made when somebody is about to choose. */
  private listenForItems(): void {
    const fill = (): void => {
      if (this.agendaSelect.options.length > 1) return;
      fillChoice(this.agendaSelect, this.line.segment, this.page.agendaItems, true);
    };
    for (const event of ["focus", "pointerdown"]) this.agendaSelect.addEventListener(event, fill);
    this.agendaSelect.addEventListener("change", () =>
      this.desk.agenda.begin(this.line, chosenPlace(this.agendaSelect)),
    );
  }

  private build(place: string): void {
    const { line } = this;
    const time = make(
      "button",
      { type: "button", class: "segment-time", "aria-label": `${place}から聞く` },
      place,
    );
    time.addEventListener("click", () => this.desk.sound.hear(line));
    this.guess.addEventListener("click", () => this.desk.voices.ask(line));
    this.text.addEventListener("focus", () => this.page.entered.send(line));
    this.element.id = `segment-${line.id}`;
    this.agendaSelect.setAttribute("aria-label", `${place}から始まる議題`);
    const more = make("button", { type: "button", class: "button segment-more" }, "操作");
    more.setAttribute("aria-label", `${place}の発話の操作`);
    more.addEventListener("click", () => this.desk.commands.offer(line));
    const tick = make("label", { class: "segment-confirm" }, this.confirmed, "確認済み");
    const agenda = make("label", { class: "segment-agenda" }, "ここから議題", this.agendaSelect);
    const head = make(
      "div",
      { class: "segment-head" },
      time,
      this.speaker,
      this.guess,
      this.mixed,
      agenda,
      more,
      this.other,
      this.state,
    );
    this.allow();
    const field = make("div", { class: "segment-field" }, this.words, this.text);
    const body = make("div", { class: "segment-body" }, field, tick);
    const { heading, doubt, fillers, marks, proposals, problem } = this;
    this.element.append(heading, head, doubt, body, fillers, marks, proposals, problem);
  }

  /** Also after a choice that could not be made. */
  showAgendaItem(): void {
    const isWhole = this.agendaSelect.options.length > 1;
    fillChoice(this.agendaSelect, this.line.segment, this.page.agendaItems, isWhole);
  }

  private showProposals(): void {
    const { line } = this;
    const wasInside = this.proposals.contains(document.activeElement);
    const { segment } = line;
    const decide = this.page.mayCorrect ? line.settle.bind(line) : null;
    showProposals(this.proposals, segment.proposals, decide);
    if (wasInside) (this.proposals.querySelector("button") ?? this.text).focus();
  }

  /** The corrected places, underlined in red, and annotations; what was heard there shows on
   * pointing. */
  private showMarks(marks: Mark[]): void {
    const isMarked = marks.some((mark) => mark.is_corrected || mark.is_annotation);
    this.marks.hidden = !isMarked;
    this.marks.replaceChildren(...(isMarked ? marks.map((mark) => marked(mark)) : []));
  }

  private showProblem(): void {
    const { conflict, refusal, isGone } = this.line;
    const problem = isGone ? GONE : (conflict ?? (refusal?.isPassing ? null : refusal));
    this.mine.textContent = conflict ? plain(this.line.text) : "";
    if (problem === this.shownProblem) return;
    this.shownProblem = problem;
    if (isGone) this.showGone();
    else if (conflict) this.showConflict();
    else
      this.problem.replaceChildren(
        ...(refusal && problem ? this.refusedWords(refusal.message) : []),
      );
  }

  private refusedWords(message: string): Node[] {
    if (!this.line.isTextDirty) return [alert(message)];
    const back = button(
      "保存してある文に戻す",
      () => void this.desk.editing.dropTyped(this.line),
      "button",
    );
    return [alert(message), make("div", { class: "segment-choice" }, back)];
  }

  private showGone(): void {
    const { line } = this;
    const { editing } = this.desk;
    const choice = make(
      "div",
      { class: "segment-choice" },
      button("ひとつ前の発話に入れる", () => editing.rescue(line), "button"),
      button("この文を捨てる", () => void editing.dropTyped(line), "button"),
    );
    this.problem.replaceChildren(alert(GONE), choice);
  }

  private showConflict(): void {
    const { message, theirs, revision } = this.line.conflict!;
    const choose = (words: string, text: () => string): HTMLButtonElement =>
      button(
        words,
        () => {
          this.line.decide(text(), revision);
          this.text.focus();
        },
        "button",
      );
    const texts = make(
      "dl",
      {},
      make("dt", {}, "自分の文（上の欄。直してから選べます）"),
      this.mine,
      make("dt", {}, "相手の文（いま保存されている文）"),
      make("dd", {}, theirs),
    );
    const mine = choose("自分の文にする", () => plain(this.line.text));
    const other = choose("相手の文にする", () => theirs);
    const choice = make("div", { class: "segment-choice" }, mine, other);
    this.problem.replaceChildren(alert(message), texts, choice);
  }
}
