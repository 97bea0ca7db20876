/** How far the transcription is, in one sentence above the texts. */

import { required } from "../base/elements";
import type { Work } from "./server";

const UNDER_WAY = ["waiting", "running"];
const OPEN = [...UNDER_WAY, "paused"];

export class WorkLine {
  private readonly element = required<HTMLElement>("[data-work]");
  /** Segments may still come, or change by a later step. */
  isMoving = true;

  show(work: Work): void {
    const isOpen = OPEN.includes(work.state);
    const later = isOpen ? undefined : work.stages.find((stage) => UNDER_WAY.includes(stage.state));
    this.isMoving = isOpen || later !== undefined;
    const words = isOpen
      ? `${work.stage} ${work.percent} %` +
        (work.remaining_words ? `・${work.remaining_words}` : "") +
        `・${work.segment_count}発話まで校正できます`
      : work.state === "finished"
        ? later
          ? `${later.label}をしています。そのまま校正できます。`
          : ""
        : `${work.state_label}：${work.problem || "ここまでの文は校正できます。"}`;
    const isStanding = isOpen && !work.is_worker_running;
    this.element.textContent = isStanding
      ? `${words}　文字起こしの処理が動いていません。管理者に連絡してください。`
      : words;
    this.element.hidden = !words;
  }
}
