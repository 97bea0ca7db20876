/**
 * Naming a voice once for all that it says, and parting two that were taken for one. Where the
 * series keeps voiceprints, a voice may be like somebody's, and whoever agrees is remembered.
 */

import { alert, button, make, required } from "../../base/elements";
import { Refusal, request } from "../../base/http";
import { position } from "../../base/times";
import type { PageContext } from "../page-context";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { Segment, SegmentsChanged } from "../server";
import type { SoundFollower } from "../sound/sound-follower";
import { SPEAKERS } from "../undo/bulk-acts";
import type { UndoRecorder } from "../undo/undo-recorder";
import type { Nameable } from "./name-choice";
import { nameChoice } from "./name-choice";
import { OfferBox } from "./offer-box";

const NO_SUGGESTION = "この発話の声に、声紋からの名前の候補はありません。";

/** Whether the person of a voice has agreed, as the secretary ticks it; never ticked by itself. */
interface Consent {
  element: HTMLElement | null;
  isGiven(): boolean;
}

export class VoiceNaming {
  private readonly box: OfferBox;
  /** Until when a voiceprint made now is kept; empty where the series keeps none. */
  private readonly until = required<HTMLElement>("[data-transcript]").dataset.voiceprintUntil ?? "";

  constructor(
    private readonly list: SegmentList,
    private readonly page: PageContext,
    private readonly recorder: UndoRecorder,
    private readonly sound: SoundFollower,
  ) {
    this.box = new OfferBox(required("[data-voices]"), list);
    page.saved.listen((line, before) => this.saved(line, before));
  }

  /** A person has named one segment of a voice that had no name: the others are offered. */
  private saved(line: SegmentModel, before: Segment): void {
    const name = line.segment.speaker;
    if (!before.is_suggested || !before.speaker || !name || name === before.speaker) return;
    const voice = before.speaker;
    const rest = this.of(voice);
    if (!rest.length) return;
    const consent = this.consent();
    const problem = alert("", "voice-problem");
    const all = make("button", { type: "button", class: "button button-main" });
    all.textContent = `${voice}のすべて（ほかに${rest.length}発話）を${name}にする`;
    all.addEventListener("click", async () => {
      problem.textContent = await this.name(rest[0]!, name, consent.isGiven());
      if (!problem.textContent) this.box.close();
    });
    const here = make("button", { type: "button", class: "button" }, "ここだけ");
    here.addEventListener("click", () => this.box.close());
    const said = make("p", {}, `この発話を${name}にしました。`);
    const choice = make("p", { class: "actions" }, all, here);
    this.box.show(line, said, ...present(consent.element), choice, problem);
  }

  /** A box in which the voice of this line gets its name, or becomes one with another. */
  ask(line: SegmentModel): void {
    const voice = line.segment.speaker;
    if (!voice)
      return this.page.say("この発話には声が付いていません。先に発言者を付けてください。");
    const box = make("dialog", { class: "menu naming", "aria-label": `${voice}の名前` });
    const consent = this.consent();
    const problem = alert("", "voice-problem");
    const decide = async (name: string): Promise<void> => {
      problem.textContent = await this.name(line, name, consent.isGiven());
      if (problem.textContent) problem.scrollIntoView({ block: "nearest" });
      else box.close();
    };
    const close = button("閉じる", () => box.close(), "button");
    const title = make("h2", {}, `${voice}のすべて（${this.of(voice).length}発話）は誰ですか`);
    const note = make("p", { class: "quiet" }, "ほかの声を選ぶと、ふたつの声がひとつになります。");
    const { form, field } = nameChoice(this.choices(voice), (name) => void decide(name));
    const suggestion = this.suggestion(line, decide, () => box.close());
    field.autofocus = suggestion === null;
    box.append(
      title,
      this.hearing(line, voice),
      ...present(suggestion),
      ...present(consent.element),
      problem,
      ...present(this.unchanged(line.segment, consent, decide)),
      form,
      note,
      close,
    );
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  /** What a voiceprint suggests becomes the name, at one press. */
  async accept(line: SegmentModel | null): Promise<void> {
    const name = line?.segment.suggested_name;
    if (!line || !name) return this.page.say(NO_SUGGESTION);
    const problem = await this.name(line, name, false);
    if (problem) this.page.say(problem);
  }

  async dismiss(line: SegmentModel | null): Promise<void> {
    const { speaker, suggested_name: name } = line?.segment ?? {};
    if (!line || !name) return this.page.say(NO_SUGGESTION);
    const path = `/api/segments/${line.id}/voice/suggestion`;
    const words = `${speaker}は${name}さんではないことにしました。`;
    const problem = await this.change("DELETE", path, undefined, () => words);
    if (problem) this.page.say(problem);
  }

  async split(line: SegmentModel): Promise<void> {
    const path = `/api/segments/${line.id}/voices`;
    const problem = await this.change("POST", path, undefined, (changed) => {
      const now = changed[0]?.speaker ?? "";
      return `${position(line.segment.start_seconds)}から先の${changed.length}発話を${now}にしました。`;
    });
    if (problem) this.page.say(problem);
  }

  private suggestion(
    line: SegmentModel,
    decide: (name: string) => Promise<void>,
    done: () => void,
  ): HTMLElement | null {
    const name = line.segment.suggested_name;
    if (!name) return null;
    const accept = button(`${name}にする`, () => void decide(name), "button button-main");
    accept.autofocus = true;
    const dismiss = button(
      "ちがう",
      () => {
        done();
        void this.dismiss(line);
      },
      "button",
    );
    dismiss.setAttribute("aria-label", `${name}さんではない`);
    return make(
      "div",
      { class: "voice-guess" },
      make("p", {}, `声紋では、${name}さんかもしれません。聞いて確かめてください。`),
      make("p", { class: "actions" }, accept, dismiss),
    );
  }

  private consent(): Consent {
    if (!this.until) return { element: null, isGiven: () => false };
    const tick = make("input", { type: "checkbox" });
    const words = make("span", {}, "この人の同意を得て、次の会議で名前の候補に使う");
    const hint = `声の特徴（声紋）を${this.until}まで残します。印を付けなければ残りません。`;
    const label = make("label", { class: "check" }, tick, words);
    const element = make(
      "div",
      { class: "voice-consent" },
      label,
      make("p", { class: "quiet" }, hint),
    );
    return { element, isGiven: () => tick.checked };
  }

  /** For a voice that has its name already: only the consent is new. */
  private unchanged(
    { speaker, is_suggested }: Segment,
    consent: Consent,
    decide: (name: string) => Promise<void>,
  ): HTMLElement | null {
    if (is_suggested || !speaker || !consent.element) return null;
    const tick = consent.element.querySelector("input");
    return button(
      `${speaker}のまま、声紋を残す`,
      () => {
        if (consent.isGiven()) void decide(speaker);
        else tick?.focus();
      },
      "button",
    );
  }

  private choices(voice: string): Nameable[] {
    return this.page.names.all().filter(({ name }) => name !== voice && !this.isOver(name));
  }

  /** Of a voice that says much one segment tells little: each press plays the next of them. */
  private hearing(line: SegmentModel, voice: string): HTMLElement {
    const lines = this.of(voice);
    let place = Math.max(0, lines.indexOf(line));
    return button(
      "この声を聞く",
      () => {
        const heard = lines[place++ % lines.length];
        if (heard) this.sound.hear(heard);
      },
      "button",
    );
  }

  /** Why it could not be done, in a sentence; else nothing. */
  private async name(line: SegmentModel, name: string, hasConsent: boolean): Promise<string> {
    const body = { name, has_consent: hasConsent };
    const problem = await this.change("PUT", `/api/segments/${line.id}/voice`, body, (changed) => {
      this.page.names.add(name);
      const kept = hasConsent ? `声紋を${this.until}まで残します。` : "";
      return `${changed.length}発話を${name}にしました。${kept}`;
    });
    if (!problem) this.box.close();
    return problem;
  }

  private async change(
    method: string,
    path: string,
    body: object | undefined,
    words: (changed: Segment[]) => string,
  ): Promise<string> {
    try {
      const { segments } = await request<SegmentsChanged>(method, path, body);
      const done = words(segments);
      this.recorder.took(SPEAKERS, `${segments.length}発話の発言者`, segments);
      this.page.sayDone(done);
      this.list.changed();
      return "";
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      return problem.message;
    }
  }

  private of(voice: string): SegmentModel[] {
    return this.list.lines.filter((line) => line.segment.speaker === voice);
  }

  /** A suggested voice that has become somebody. */
  private isOver(name: string): boolean {
    return /^声\d+$/.test(name) && !this.of(name).length;
  }
}

function present(element: HTMLElement | null): HTMLElement[] {
  return element ? [element] : [];
}
