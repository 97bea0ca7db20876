/** Naming a voice once for all that it says, and parting two that were taken for one. */

import type { Line } from "./line";
import type { LineList } from "./list";
import { SPEAKERS } from "./many";
import type { Kind } from "./many";
import { call, Refusal } from "./server";
import type { Segment, SegmentsChanged } from "./server";
import { make, plain, position, required } from "./words";

/** What voices ask of the page around them. */
export interface VoiceDesk {
  names(): string[];
  addName(name: string): void;
  say(words: string): void;
  refresh(): void;
}

export class Voices {
  private readonly place = required<HTMLElement>("[data-voices]");

  constructor(
    private readonly list: LineList,
    private readonly desk: VoiceDesk,
    /** What was done to many segments at once, for the undo. */
    private readonly took: (kind: Kind<string>, words: string, segments: Segment[]) => void,
  ) {}

  /** A person has named one segment of a voice that had no name: the others are offered. */
  saved(line: Line, before: Segment): void {
    const name = line.segment.speaker;
    if (!before.is_suggested || !before.speaker || !name || name === before.speaker) return;
    const voice = before.speaker;
    const rest = this.of(voice);
    if (!rest.length) return;
    const all = make("button", { type: "button", class: "button button-main" });
    all.textContent = `${voice}のすべて（ほかに${rest.length}発話）を${name}にする`;
    all.addEventListener("click", () => void this.name(rest[0]!, name));
    const here = make("button", { type: "button", class: "button" }, "ここだけ");
    here.addEventListener("click", () => this.close());
    const choice = make("p", { class: "actions" }, all, here);
    this.place.replaceChildren(make("p", {}, `この発話を${name}にしました。`), choice);
    this.place.hidden = false;
  }

  /** A box in which the voice of this line gets its name, or becomes one with another. */
  ask(line: Line): void {
    const voice = line.segment.speaker;
    if (!voice) return this.desk.say("この発話には声が付いていません。先に発言者を付けてください。");
    const count = this.of(voice).length;
    const box = make("dialog", { class: "menu", "aria-label": `${voice}の名前` });
    const field = make("input", { list: "speaker-names", autocomplete: "off", id: "voice-name" });
    const decide = (name: string): void => {
      if (!name) return field.focus();
      box.close();
      void this.name(line, name);
    };
    const form = make(
      "form",
      {},
      make("label", { for: "voice-name" }, "ほかの名前"),
      field,
      make("button", { type: "submit", class: "button" }, "この名前にする"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      decide(plain(field.value));
    });
    const known = this.desk.names().filter((name) => name !== voice && !this.isOver(name));
    const choices = known.map((name) => {
      const choice = make("button", { type: "button", class: "button" }, name);
      choice.addEventListener("click", () => decide(name));
      return choice;
    });
    const close = make("button", { type: "button", class: "button" }, "閉じる");
    close.addEventListener("click", () => box.close());
    const title = make("h2", {}, `${voice}のすべて（${count}発話）は誰ですか`);
    const note = make("p", { class: "quiet" }, "ほかの声を選ぶと、ふたつの声がひとつになります。");
    box.append(title, note, ...choices, form, close);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  async split(line: Line): Promise<void> {
    await this.change("POST", `/api/segments/${line.id}/voices`, undefined, (changed) => {
      const now = changed[0]?.speaker ?? "";
      return `${position(line.segment.start_seconds)}から先の${changed.length}発話を${now}にしました。`;
    });
  }

  private async name(line: Line, name: string): Promise<void> {
    await this.change("PUT", `/api/segments/${line.id}/voice`, { name }, (changed) => {
      this.desk.addName(name);
      return `${changed.length}発話を${name}にしました。`;
    });
    this.close();
  }

  private async change(
    method: string,
    path: string,
    body: object | undefined,
    words: (changed: Segment[]) => string,
  ): Promise<void> {
    try {
      const { segments } = await call<SegmentsChanged>(method, path, body);
      const done = words(segments);
      this.took(SPEAKERS, `${segments.length}発話の発言者`, segments);
      this.desk.say(done);
      this.desk.refresh();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      this.desk.say(problem.message);
    }
  }

  private of(voice: string): Line[] {
    return this.list.lines.filter((line) => line.segment.speaker === voice);
  }

  /** A suggested voice that has become somebody. */
  private isOver(name: string): boolean {
    return /^声\d+$/.test(name) && !this.of(name).length;
  }

  private close(): void {
    this.place.hidden = true;
    this.place.replaceChildren();
  }
}
