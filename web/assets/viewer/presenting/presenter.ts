/** Presenting: what this person turns, everybody is shown. The newest page wins. */

import { Refusal, request } from "../../base/http";
import type { Area } from "../reading/geometry";
import type { LiveState, Turn } from "./live-connection";

const POINTER_MS = 80;
const AGAIN_MS = 1000;

interface Wanted {
  version_id: number;
  page: number;
  area: Area | null;
}

export class Presenter {
  /** Sequence of the newest turn that the server has acknowledged to us. */
  acknowledged = 0;
  private wanted: Wanted | null = null;
  private isSending = false;
  private pointedAt = 0;

  constructor(
    private readonly meetingId: number,
    private readonly refused: (sentence: string) => void,
  ) {}

  /** A page that others have not been shown yet; what comes from the server meanwhile is older. */
  get isBusy(): boolean {
    return this.isSending || this.wanted !== null;
  }

  begin(): Promise<LiveState> {
    return request("POST", this.url("presenting"));
  }

  stop(): Promise<LiveState> {
    this.wanted = null;
    return request("DELETE", this.url("presenting"));
  }

  handOver(personId: number): Promise<LiveState> {
    this.wanted = null;
    return request("PUT", this.url("presenting"), { person_id: personId });
  }

  changeItem(itemId: number): Promise<LiveState> {
    return request("PUT", this.url("current-item"), { agenda_item_id: itemId });
  }

  show(versionId: number, page: number, area: Area | null): void {
    this.wanted = { version_id: versionId, page, area };
    void this.send();
  }

  point(versionId: number, page: number, at: { x: number; y: number } | null): void {
    const now = performance.now();
    if (at && now - this.pointedAt < POINTER_MS) return;
    this.pointedAt = now;
    const where = at
      ? { x: within(at.x), y: within(at.y), is_shown: true }
      : { x: 0, y: 0, is_shown: false };
    void request("POST", this.url("pointer"), { version_id: versionId, page, ...where }).catch(
      () => undefined,
    );
  }

  /** One request at a time, so that turns arrive in their order; those in between are skipped. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    while (this.wanted) {
      const turn = this.wanted;
      this.wanted = null;
      try {
        this.acknowledged = (await request<Turn>("POST", this.url("turns"), turn)).sequence;
      } catch (problem) {
        if (problem instanceof Refusal && !problem.isUnreachable && problem.status < 500) {
          this.wanted = null;
          this.refused(problem.message);
        } else {
          this.wanted ??= turn;
          await new Promise((done) => setTimeout(done, AGAIN_MS));
        }
      }
    }
    this.isSending = false;
  }

  private url(what: string): string {
    return `/api/meetings/${this.meetingId}/${what}`;
  }
}

function within(part: number): number {
  return Math.min(1, Math.max(0, part));
}
