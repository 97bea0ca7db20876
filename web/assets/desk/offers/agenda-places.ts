/** Where in the agenda the talk goes on to another item: a person says so, or that the machine is
 * right. */

import { request } from "../../base/http";
import { position } from "../../base/times";
import { asRefusal, type ErrorBanner } from "../error-banner";
import type { PageContext } from "../page-context";
import { asBody, type Place } from "../segments/agenda-headings";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { SegmentsChanged } from "../server";
import { PLACES } from "../undo/bulk-acts";
import type { UndoRecorder } from "../undo/undo-recorder";

const NOT_DONE = "議題を変えられませんでした。もう一度選んでください。";

export class AgendaPlaces {
  constructor(
    private readonly page: PageContext,
    private readonly list: SegmentList,
    private readonly recorder: UndoRecorder,
    private readonly banner: ErrorBanner,
  ) {}

  /** From this segment on. */
  begin(line: SegmentModel, place: Place): void {
    void this.change(line, "", asBody(place));
  }

  /** The item that a machine found begins here indeed. */
  confirm(line: SegmentModel): void {
    void this.change(line, "/confirmation");
  }

  private async change(line: SegmentModel, what: string, body?: object): Promise<void> {
    try {
      const path = `/api/segments/${line.id}/agenda-item${what}`;
      const { segments } = await request<SegmentsChanged>("PUT", path, body);
      const words = `${position(line.segment.start_seconds)}からの議題`;
      this.recorder.took(PLACES, words, segments);
      this.page.sayDone(`${words}を変えました。`);
      this.list.changed();
      this.banner.tell(null);
    } catch (problem) {
      this.list.rowOf(line)?.showAgendaItem();
      this.banner.tell(asRefusal(problem), NOT_DONE);
    }
  }
}
