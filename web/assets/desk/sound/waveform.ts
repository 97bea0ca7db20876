/**
 * The outline of the sound above the slider: drawn once from the peaks, and again where it has
 * been heard. Its format is audiowaveform's (minutes/sound/peaks.py).
 */

import { send } from "../../base/http";

const HEAD_BYTES = 24;
const PAIRS_AT = 16;
const AGAIN_MS = 10_000;
const QUIETEST_FULL_HEIGHT = 12;

export class Waveform {
  private pairs: Int8Array | null = null;
  private place = 0;
  /** The greatest value: a quiet recording fills the height too. */
  private loudest = QUIETEST_FULL_HEIGHT;

  /** `seek` is given a share of the length, from 0 to 1. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    seek: (share: number) => void,
  ) {
    canvas.addEventListener("pointerdown", (event) => {
      const box = canvas.getBoundingClientRect();
      seek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
    void this.fetch();
  }

  /** They are made while the first words can be read already: ask again until they are there. */
  private async fetch(): Promise<void> {
    try {
      const answer = document.hidden ? null : await send("GET", this.canvas.dataset.wave!);
      const bytes = await answer?.arrayBuffer();
      if (answer?.ok && bytes) return this.take(bytes);
    } catch {
      // without it the slider is enough
    }
    setTimeout(() => void this.fetch(), AGAIN_MS);
  }

  showPlace(share: number): void {
    if (Math.abs(share - this.place) * this.canvas.clientWidth < 1) return;
    this.place = share;
    this.draw();
  }

  private take(bytes: ArrayBuffer): void {
    const count = new DataView(bytes).getUint32(PAIRS_AT, true);
    this.pairs = new Int8Array(bytes, HEAD_BYTES, 2 * count);
    for (const value of this.pairs) this.loudest = Math.max(this.loudest, Math.abs(value));
    this.canvas.hidden = false;
    this.draw();
  }

  private draw(): void {
    const scale = window.devicePixelRatio;
    const width = Math.round(this.canvas.clientWidth * scale);
    const height = Math.round(this.canvas.clientHeight * scale);
    const pen = this.canvas.getContext("2d");
    if (!this.pairs || !pen || !width) return;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const style = getComputedStyle(this.canvas);
    pen.clearRect(0, 0, width, height);
    const heard = Math.round(this.place * width);
    for (let x = 0; x < width; x++) {
      const [low, high] = this.range(x / width, (x + 1) / width);
      const top = ((this.loudest - high) / (2 * this.loudest)) * height;
      const length = Math.max(scale, ((high - low) / (2 * this.loudest)) * height);
      pen.fillStyle = x < heard ? style.color : style.borderBottomColor;
      pen.fillRect(x, top, 1, length);
    }
  }

  /** The least and the greatest value between two shares of the length. */
  private range(from: number, to: number): [number, number] {
    const pairs = this.pairs!;
    const count = pairs.length / 2;
    const first = Math.min(Math.floor(from * count), count - 1);
    const end = Math.max(first + 1, Math.floor(to * count));
    let low = 0;
    let high = 0;
    for (let pair = first; pair < end; pair++) {
      low = Math.min(low, pairs[2 * pair]!);
      high = Math.max(high, pairs[2 * pair + 1]!);
    }
    return [low, high];
  }
}
