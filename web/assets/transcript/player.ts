/** The player at the foot of the page, with its own buttons. */

import { Wave } from "./wave";
import { position } from "./words";

const STEP_SECONDS = 3;

export class Player {
  private readonly audio: HTMLAudioElement;
  private readonly toggleButton: HTMLButtonElement;
  private readonly slider: HTMLInputElement;
  private readonly clock: HTMLElement;
  private readonly wave: Wave;

  constructor(root: HTMLElement, onTime: (seconds: number) => void) {
    this.audio = find(root, "audio");
    this.toggleButton = find(root, "[data-toggle]");
    this.slider = find(root, "[data-position]");
    this.clock = find(root, "[data-clock]");
    this.wave = new Wave(find(root, "[data-wave]"), (share) => this.seek(share * this.length));
    const speed: HTMLSelectElement = find(root, "[data-speed]");
    this.toggleButton.addEventListener("click", () => this.toggle());
    find<HTMLButtonElement>(root, "[data-back]").addEventListener("click", () => this.step(-1));
    find<HTMLButtonElement>(root, "[data-forward]").addEventListener("click", () => this.step(1));
    speed.addEventListener("change", () => (this.audio.playbackRate = Number(speed.value)));
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    for (const event of ["play", "pause", "ended"])
      this.audio.addEventListener(event, () => this.showState());
    for (const event of ["timeupdate", "seeked", "loadedmetadata"])
      this.audio.addEventListener(event, () => {
        this.showPlace();
        onTime(this.audio.currentTime);
      });
    const problem: HTMLElement = find(root, "[data-sound-problem]");
    this.audio.addEventListener("error", () => (problem.hidden = false));
    this.audio.addEventListener("loadeddata", () => (problem.hidden = true));
    this.showState();
    this.showPlace();
  }

  get seconds(): number {
    return this.audio.currentTime;
  }

  toggle(): void {
    if (this.audio.paused) this.play();
    else this.audio.pause();
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

function find<E extends HTMLElement>(root: HTMLElement, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the player lacks ${selector}`);
  return found;
}
