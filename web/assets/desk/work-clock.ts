/** Honest time: seconds count while somebody types or listens here, and stop a minute after. */

import { required } from "../base/elements";
import { Refusal, request } from "../base/http";
import { length } from "../base/times";
import type { PageContext } from "./page-context";
import type { Player } from "./sound/player";

const TICK_MS = 1000;
const SEND_EVERY_SECONDS = 30;
const IDLE_MS = 60_000;

export class WorkClock {
  private readonly shown = required<HTMLElement>("[data-editing-time]");
  private activeAt = -Infinity;
  private unsent = 0;
  private isSending = false;

  constructor(
    private readonly page: PageContext,
    private readonly player: Player,
  ) {
    for (const event of ["keydown", "pointerdown", "input", "wheel"])
      document.addEventListener(event, () => (this.activeAt = performance.now()), {
        capture: true,
        passive: true,
      });
    setInterval(() => this.tick(), TICK_MS);
    addEventListener("pagehide", () => void this.send());
  }

  private tick(): void {
    if (this.player.isPlaying) this.activeAt = performance.now();
    if (document.hidden || !this.page.mayCorrect || performance.now() - this.activeAt > IDLE_MS)
      return;
    this.unsent += TICK_MS / 1000;
    if (this.unsent >= SEND_EVERY_SECONDS) void this.send();
  }

  private async send(): Promise<void> {
    if (this.isSending || !this.unsent) return;
    this.isSending = true;
    const seconds = this.unsent;
    try {
      const path = `${this.page.path}/editing-time`;
      const spent = await request<{ seconds: number }>("POST", path, { seconds });
      this.unsent -= seconds;
      this.shown.textContent = `校正の時間：${length(spent.seconds)}`;
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem; // kept, and sent with the next
    } finally {
      this.isSending = false;
    }
  }
}
