/** What the viewer says: in sight for a while, or to screen readers alone. */

import { make } from "../base/elements";
import { sentenceOf } from "../base/http";

const SHOWN_MS = 8000;
const OUT_OF_REACH = "通信が切れているため、いまはできません。";

export class Announcements {
  readonly notice = make("p", { class: "viewer-notice", role: "alert" });
  readonly spoken = make("p", { class: "visually-hidden", role: "status" });
  private timer = 0;

  constructor() {
    this.notice.hidden = true;
  }

  /** A sentence that everybody sees, for a while. */
  tell(words: string): void {
    this.notice.textContent = words;
    this.notice.hidden = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.notice.hidden = true), SHOWN_MS);
  }

  tellProblem(problem: unknown): void {
    this.tell(sentenceOf(problem, OUT_OF_REACH));
  }

  say(words: string): void {
    this.spoken.textContent = words;
  }

  /** Tells why the act could not be done. */
  async attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (problem) {
      this.tellProblem(problem);
    }
  }
}
