/** 始まりの時刻を耳で確かめる: the sound from where a page was turned, and the beginning moved by
 * seconds until both agree. The form below saves; without a script it does so by itself. */

import { position } from "../base/times";

const LEAD_SECONDS = 3;
const SHOWN_SECONDS = 4;
const DAY_MS = 86_400_000;
const CITY_MS = 9 * 3_600_000; // Japan knows no summer time
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

class BeginningByEar {
  private readonly audio: HTMLAudioElement;
  private readonly now: HTMLOutputElement;
  private readonly clock = part<HTMLInputElement>(document, "[name=began_at]");
  private readonly day = part<HTMLInputElement>(document, "[name=day]");
  private readonly turns: HTMLElement[];
  private readonly seconds: number;
  private playing: HTMLElement | null = null;

  constructor(private readonly root: HTMLElement) {
    this.audio = part(root, "audio");
    this.now = part(root, "[data-began]");
    this.turns = [...root.querySelectorAll<HTMLElement>("[data-turn]")];
    this.seconds = Number(root.dataset.seconds);
    part(root, "[data-ear-desk]").hidden = false;
    for (const button of root.querySelectorAll<HTMLElement>("[data-nudge]"))
      button.addEventListener("click", () => this.nudge(Number(button.dataset.nudge)));
    for (const button of root.querySelectorAll<HTMLElement>("[data-take]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.take(Date.parse(button.dataset.take!)));
    }
    for (const turn of this.turns)
      part(turn, "[data-play]").addEventListener("click", (event) => {
        event.preventDefault();
        this.play(turn);
      });
    for (const field of [this.clock, this.day]) field.addEventListener("input", () => this.show());
    this.audio.addEventListener("timeupdate", () => this.showNow());
    this.audio.addEventListener("error", () => (part(root, "[data-ear-problem]").hidden = false));
    this.show();
  }

  /** When the recording begins, as the fields say; null where they say nothing that is a time. */
  private get began(): number | null {
    const read = CLOCK.exec(this.clock.value.normalize("NFKC").trim());
    if (!read) return null;
    const inDay = ((Number(read[1]) * 60 + Number(read[2])) * 60 + Number(read[3] ?? 0)) * 1000;
    if (this.day.value) return Date.parse(`${this.day.value}T00:00:00Z`) + inDay - CITY_MS;
    const starts = Date.parse(this.root.dataset.starts!);
    const ends = Date.parse(this.root.dataset.ends!);
    const midnight = Math.floor((starts + CITY_MS) / DAY_MS) * DAY_MS - CITY_MS;
    const far = (at: number): number => Math.max(starts - at, at - ends, 0);
    const days = [-1, 0, 1, 2].map((day) => midnight + day * DAY_MS + inDay);
    return days.reduce((best, at) => (far(at) < far(best) ? at : best));
  }

  private nudge(seconds: number): void {
    const began = this.began;
    if (began === null) return;
    this.take(began + seconds * 1000);
    if (this.playing) this.play(this.playing);
  }

  private take(at: number): void {
    const here = new Date(at + CITY_MS).toISOString();
    this.clock.value = here.slice(11, 19);
    if (this.day.value) this.day.value = here.slice(0, 10);
    this.show();
  }

  private play(turn: HTMLElement): void {
    const at = this.placeOf(turn);
    if (at === null) return;
    this.playing = turn;
    this.audio.currentTime = Math.max(0, at - LEAD_SECONDS);
    // Refused when there is no sound: the error event has told so already.
    this.audio.play().catch(() => undefined);
  }

  /** Seconds into the recording. */
  private placeOf(turn: HTMLElement): number | null {
    const began = this.began;
    return began === null ? null : (Date.parse(turn.dataset.turn!) - began) / 1000;
  }

  private show(): void {
    const began = this.began;
    const isKnown = began !== null;
    this.now.textContent = isKnown
      ? `始まり ${new Date(began + CITY_MS).toISOString().slice(11, 19)}`
      : "始まりの時刻を下の欄に入れてください";
    for (const button of this.root.querySelectorAll<HTMLButtonElement>("[data-nudge]"))
      button.disabled = !isKnown;
    for (const turn of this.turns) {
      const at = this.placeOf(turn);
      const isWithin = at !== null && at >= 0 && at <= this.seconds;
      part(turn, "[data-play]").hidden = !isWithin;
      part(turn, "[data-turn-place]").textContent = isWithin
        ? `録音の ${position(at)}`
        : isKnown
          ? "この録音の外です"
          : "";
    }
    this.showNow();
  }

  /** Which page was turned to just now, by the sound. */
  private showNow(): void {
    for (const turn of this.turns) {
      const at = this.placeOf(turn);
      const since = at === null ? -1 : this.audio.currentTime - at;
      turn.classList.toggle("is-now", turn === this.playing && since >= 0 && since < SHOWN_SECONDS);
    }
  }
}

function part<E extends HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

const root = document.querySelector<HTMLElement>("[data-ear]");
if (root) new BeginningByEar(root);
