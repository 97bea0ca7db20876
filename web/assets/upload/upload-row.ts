/** The line of one file that is being sent: its state in words, how far, how fast, how long yet. */

import { button } from "../base/elements";

const MB = 1_000_000;
const WINDOW_MS = 10_000;
const FIGURES_MS = 1000;

export class UploadRow {
  readonly element = document.createElement("li");
  private readonly state = document.createElement("p");
  private readonly bar = document.createElement("progress");
  private readonly figures = document.createElement("p");
  private readonly actions = document.createElement("div");
  private marks: { at: number; sent: number }[] = [];
  private shownAt = 0;

  constructor(private readonly file: File) {
    const name = document.createElement("h3");
    name.textContent = file.name;
    this.element.className = "panel";
    this.state.setAttribute("role", "status");
    this.bar.max = Math.max(file.size, 1);
    this.bar.setAttribute("aria-label", `「${file.name}」の送信の進み具合`);
    this.figures.className = "quiet";
    this.actions.className = "actions";
    this.element.append(name, this.state, this.bar, this.figures, this.actions);
  }

  /** A change of state; progress is not told word by word, which would never end to be read out. */
  say(words: string, kind: "" | "waiting" | "error" | "done" = ""): void {
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.className = kind && (kind === "waiting" ? "notice" : `notice notice-${kind}`);
    this.marks = [];
    if (this.shownAt) this.figures.textContent = this.amount(this.bar.value);
  }

  /** The sentence, and a link that opens in another tab. */
  link(words: string, url: string): void {
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.textContent = words;
    this.state.append(" ", link);
  }

  offer(...buttons: { words: string; press: () => void; isMain?: boolean }[]): void {
    const focused = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(
      ...buttons.map(({ words, press, isMain }) =>
        button(words, press, isMain ? "button-main" : ""),
      ),
    );
    if (focused) this.actions.querySelector("button")?.focus();
  }

  progress(sent: number): void {
    const now = performance.now();
    this.marks = [
      ...this.marks.filter(({ at, sent: before }) => now - at < WINDOW_MS && before <= sent),
      { at: now, sent },
    ];
    if (now - this.shownAt < FIGURES_MS && sent < this.file.size) return;
    this.shownAt = now;
    this.bar.value = sent;
    this.figures.textContent = [this.amount(sent), ...this.speed(sent)].join("・");
  }

  hideProgress(): void {
    this.bar.hidden = true;
    this.figures.hidden = true;
  }

  private amount(sent: number): string {
    const percent = this.file.size ? Math.floor((100 * sent) / this.file.size) : 100;
    return `${percent} %（${megabytes(sent)}／${megabytes(this.file.size)}）`;
  }

  private speed(sent: number): string[] {
    const first = this.marks[0];
    const seconds = first ? (performance.now() - first.at) / 1000 : 0;
    if (!first || seconds < 0.5 || sent === first.sent) return [];
    const speed = (sent - first.sent) / seconds;
    return [
      `毎秒 ${(speed / MB).toFixed(1)} MB`,
      `残り約${duration((this.file.size - sent) / speed)}`,
    ];
  }
}

export function megabytes(bytes: number): string {
  return bytes < 1000 * MB
    ? `${(bytes / MB).toFixed(1)} MB`
    : `${(bytes / MB / 1000).toFixed(2)} GB`;
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)}秒`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes}分` : `${Math.floor(minutes / 60)}時間${minutes % 60}分`;
}
