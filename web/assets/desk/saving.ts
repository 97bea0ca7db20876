/** What is typed and not saved yet: counted for its writer, and sent again until the server has it. */

import { required } from "../base/elements";
import type { ErrorBanner } from "./error-banner";
import type { PageContext } from "./page-context";
import type { SegmentModel } from "./segments/segment-model";

const RETRY_MS = 5000;

export class Saving {
  private readonly shown = required<HTMLElement>("[data-saved]");
  private readonly unsaved = new Set<SegmentModel>();
  private readonly refused = new Set<SegmentModel>();
  private retryTimer = 0;

  constructor(
    page: PageContext,
    private readonly banner: ErrorBanner,
  ) {
    page.changed.listen((line) => this.changed(line));
    addEventListener("beforeunload", (event) => this.leaving(event));
    addEventListener("pagehide", () => this.saveAll());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.saveAll();
    });
    addEventListener("online", () => this.retry());
  }

  saveAll(): void {
    for (const line of this.unsaved) if (line.isDirty) void line.sync();
  }

  retry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = 0;
    void this.saveOneAfterTheOther();
  }

  showState(): void {
    const waiting = [...this.unsaved].filter((line) => line.isDirty);
    this.shown.textContent = waiting.length
      ? waiting.some((line) => line.isBusy)
        ? "保存中…"
        : `未保存 ${waiting.length}件`
      : "すべて保存済み";
    this.shown.classList.toggle("is-unsaved", waiting.length > 0);
    const [refused] = this.refused;
    this.banner.tell(refused?.refusal ?? null);
    // Once it is set it stays: what is polled meanwhile must not put it off again and again.
    if (refused) this.retryTimer ||= window.setTimeout(() => this.retry(), RETRY_MS);
  }

  private changed(line: SegmentModel): void {
    if (line.isUnsaved) this.unsaved.add(line);
    else this.unsaved.delete(line);
    if (line.isDirty && line.refusal?.isPassing) this.refused.add(line);
    else this.refused.delete(line);
    this.showState();
  }

  /** After an hour without the network there may be hundreds. */
  private async saveOneAfterTheOther(): Promise<void> {
    for (const line of [...this.unsaved]) {
      if (line.isDirty) await line.sync();
      if (this.refused.has(line)) return; // not now: the next try comes by itself
    }
  }

  private leaving(event: BeforeUnloadEvent): void {
    this.saveAll();
    if ([...this.unsaved].some((line) => line.isDirty)) event.preventDefault();
  }
}
