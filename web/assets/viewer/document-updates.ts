/** Documents come, are replaced and go while the meeting is under way. */

import { request } from "../base/http";
import type { Announcements } from "./announcements";
import type { ViewerData } from "./data";
import type { OfflineDocuments } from "./offline-documents";
import type { Following } from "./presenting/following";
import type { LiveState } from "./presenting/live-connection";
import type { PageStrip } from "./reading/page-strip";
import type { Reader } from "./reading/reader";
import type { SecondDocument } from "./reading/second-document";
import { newsOf } from "./words";

const SPREAD_MS = 2000;

/** The parts of the viewer that have documents. */
export interface DocumentedParts {
  data: ViewerData;
  readonly reader: Reader;
  readonly beside: SecondDocument;
  readonly keeper: OfflineDocuments;
  readonly following: Following;
  readonly strip: PageStrip;
  readonly announcements: Announcements;
}

export class DocumentUpdates {
  private isUnderWay = false;

  constructor(private readonly viewer: DocumentedParts) {}

  /** The list is fetched where the state knows a newer one, and what is being shown is shown. */
  async take(state: LiveState): Promise<void> {
    if (state.documents === this.viewer.data.documents_revision || this.isUnderWay) return;
    this.isUnderWay = true;
    try {
      // A thousand terminals learn of it at once: those that miss nothing yet do not all ask at once.
      if (!this.isMissed(state))
        await new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
      await this.fetch();
    } catch {
      // The next state is newer than what we have, too, and asks once more.
    } finally {
      this.isUnderWay = false;
    }
  }

  private isMissed({ turn }: LiveState): boolean {
    const { documents } = this.viewer.data;
    return turn !== null && !documents.some((entry) => entry.version_id === turn.version_id);
  }

  private async fetch(): Promise<void> {
    const { viewer } = this;
    const old = viewer.data;
    const now = await request<ViewerData>("GET", old.data_url);
    viewer.data = { ...old, ...now, start: old.start };
    viewer.reader.replaceDocuments(now.documents);
    viewer.beside.replaceDocuments(now.documents);
    const news = newsOf(old.documents, now.documents);
    if (news) viewer.announcements.tell(news);
    void viewer.keeper.keep(viewer.data);
    viewer.following.takeDocuments();
    if (viewer.reader.document) viewer.strip.show();
  }
}
