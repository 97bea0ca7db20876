/** The player at the foot of the page, with its own buttons. */

import { make, required } from "../../base/elements";
import { Signal } from "../../base/signal";
import { position } from "../../base/times";
import { remember, rememberedObject } from "../remembered";
import { Waveform } from "./waveform";

const STEP_SECONDS = 3;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];
const QUIET_HANDS_MS = 1200;
const STORED = "gijido:player";

/** What each secretary likes, kept in this browser. */
interface Habits {
  speed: number;
  back_seconds: number;
  pauses_while_typing: boolean;
  follows_while_writing: boolean;
}

export class Player {
  /** The sound is at this second now. */
  readonly moved = new Signal<[number]>();
  private readonly audio: HTMLAudioElement;
  private readonly toggleButton: HTMLButtonElement;
  private readonly slider: HTMLInputElement;
  private readonly clock: HTMLElement;
  private readonly wave: Waveform;
  private readonly speed: HTMLSelectElement;
  private readonly back: HTMLSelectElement;
  private readonly pauses: HTMLInputElement;
  private readonly following: HTMLInputElement;
  private readonly loopMark: HTMLElement;
  private loop: { start: number; end: number } | null = null;
  private typingTimer = 0;

  constructor(root: HTMLElement) {
    this.audio = required("audio", root);
    this.toggleButton = required("[data-toggle]", root);
    this.slider = required("[data-position]", root);
    this.clock = required("[data-clock]", root);
    this.wave = new Waveform(required("[data-wave]", root), (share) =>
      this.seek(share * this.length),
    );
    this.speed = required("[data-speed]", root);
    this.back = required("[data-back-step]");
    this.pauses = required("[data-pauses]");
    this.following = required("[data-follows]");
    this.loopMark = required("[data-loop]", root);
    this.takeHabits();
    this.listenToButtons(root);
    this.listenToSound(required("[data-sound-problem]", root));
    this.showState();
    this.showPlace();
  }

  private listenToButtons(root: HTMLElement): void {
    this.toggleButton.addEventListener("click", () => this.toggle());
    required<HTMLButtonElement>("[data-back]", root).addEventListener("click", () => this.step(-1));
    required<HTMLButtonElement>("[data-forward]", root).addEventListener("click", () =>
      this.step(1),
    );
    this.loopMark.addEventListener("click", () => this.setLoop(null));
    for (const field of [this.speed, this.back, this.pauses, this.following])
      field.addEventListener("change", () => this.keepHabits());
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
  }

  private listenToSound(problem: HTMLElement): void {
    for (const event of ["play", "pause", "ended"])
      this.audio.addEventListener(event, () => this.showState());
    for (const event of ["timeupdate", "seeked", "loadedmetadata"])
      this.audio.addEventListener(event, () => {
        this.goRound();
        this.showPlace();
        this.moved.send(this.audio.currentTime);
      });
    // Four times a second, as "timeupdate" comes, is too seldom for words.
    const follow = (): void => {
      if (this.audio.paused) return;
      this.moved.send(this.audio.currentTime);
      requestAnimationFrame(follow);
    };
    this.audio.addEventListener("play", () => requestAnimationFrame(follow));
    this.audio.addEventListener("error", () => (problem.hidden = false));
    this.audio.addEventListener("loadeddata", () => (problem.hidden = true));
  }

  get isPlaying(): boolean {
    return !this.audio.paused;
  }

  /** Whether the page goes along with the sound also while somebody is in a text. */
  get isFollowed(): boolean {
    return this.following.checked;
  }

  get seconds(): number {
    return this.audio.currentTime;
  }

  /** After a pause it goes on a little before: the last words are heard again. */
  toggle(): void {
    clearTimeout(this.typingTimer);
    this.typingTimer = 0;
    if (!this.audio.paused) return this.audio.pause();
    this.seek(this.audio.currentTime - Number(this.back.value));
    this.play();
  }

  /** The next speed up (1) or down (-1). */
  changeSpeed(way: number): void {
    const now = SPEEDS.indexOf(Number(this.speed.value));
    const next = SPEEDS[now + way];
    if (next === undefined) return;
    this.speed.value = String(next);
    this.keepHabits();
  }

  /** Again and again from one second to the other, until null is set. */
  setLoop(loop: { start: number; end: number } | null): void {
    this.loop = loop;
    this.loopMark.hidden = loop === null;
    if (loop) this.playFrom(loop.start);
  }

  get isLooping(): boolean {
    return this.loop !== null;
  }

  /** Who wishes it types in silence; a moment after the last key the sound goes on. */
  typing(): void {
    const isWaiting = this.typingTimer !== 0;
    if (!this.pauses.checked || (this.audio.paused && !isWaiting)) return;
    this.audio.pause();
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => {
      this.typingTimer = 0;
      this.seek(this.audio.currentTime - Number(this.back.value));
      this.play();
    }, QUIET_HANDS_MS);
  }

  /** One step back (-1) or forward (1). */
  step(way: number): void {
    this.seek(this.audio.currentTime + way * STEP_SECONDS);
  }

  playFrom(seconds: number): void {
    this.seek(seconds);
    this.play();
  }

  seek(seconds: number): void {
    this.audio.currentTime = Math.max(0, seconds);
    this.showPlace();
  }

  /** After an error: the copy for browsers may have been made meanwhile. */
  tryAgain(): void {
    if (this.audio.error) this.audio.load();
  }

  private get length(): number {
    return Math.max(Number(this.slider.max), 0.1);
  }

  private play(): void {
    // Refused when there is no sound: the error event has told so already.
    this.audio.play().catch(() => undefined);
  }

  private goRound(): void {
    const { loop } = this;
    if (!loop || this.audio.paused) return;
    const now = this.audio.currentTime;
    if (now >= loop.end || now < loop.start - 1) this.audio.currentTime = loop.start;
  }

  private takeHabits(): void {
    this.speed.replaceChildren(
      ...SPEEDS.map((speed) => make("option", { value: String(speed) }, `${speed}倍`)),
    );
    const habits = stored();
    this.speed.value = String(SPEEDS.includes(habits.speed) ? habits.speed : 1);
    this.back.value = String(habits.back_seconds);
    if (!this.back.value) this.back.value = "1";
    this.pauses.checked = habits.pauses_while_typing;
    this.following.checked = habits.follows_while_writing;
    this.audio.playbackRate = Number(this.speed.value);
  }

  private keepHabits(): void {
    this.audio.playbackRate = Number(this.speed.value);
    const habits: Habits = {
      speed: Number(this.speed.value),
      back_seconds: Number(this.back.value),
      pauses_while_typing: this.pauses.checked,
      follows_while_writing: this.following.checked,
    };
    remember(STORED, JSON.stringify(habits));
  }

  private showState(): void {
    const isPlaying = !this.audio.paused;
    this.toggleButton.textContent = isPlaying ? "一時停止" : "再生";
    this.toggleButton.classList.toggle("is-playing", isPlaying);
  }

  private showPlace(): void {
    const now = position(this.audio.currentTime);
    this.clock.textContent = now;
    this.slider.value = String(this.audio.currentTime);
    this.slider.setAttribute("aria-valuetext", now);
    this.wave.showPlace(this.audio.currentTime / this.length);
  }
}

function stored(): Habits {
  const usual: Habits = {
    speed: 1,
    back_seconds: 1,
    pauses_while_typing: false,
    follows_while_writing: false,
  };
  return { ...usual, ...(rememberedObject(STORED) as Partial<Habits>) };
}
