/** Keeps the meeting's documents on this terminal while the meeting runs.
 *
 * In a secure context the service worker has them; without one (plain HTTP) they are fetched
 * once, and the browser's own store has them as long as it likes.
 */

import { send } from "../base/http";
import type { ViewerData } from "./data";

const STAGGER_MS = 10_000;

export class OfflineDocuments {
  /** How many of how many documents are on the terminal. */
  onKept: (kept: number, of: number) => void = () => undefined;
  private turn = 0;

  /** Keep what this is about now; documents that are not in it any more go away. */
  async keep(data: ViewerData): Promise<void> {
    if (!data.meeting.is_open) return;
    const turn = ++this.turn;
    const files = data.documents.map((document) => document.file_url);
    // Terminals that came all at once do not fetch all at once.
    await new Promise((done) => setTimeout(done, Math.random() * STAGGER_MS));
    if (turn !== this.turn) return;
    if ("serviceWorker" in navigator) await this.tellWorker(data, files);
    else await this.fetchAll(files);
  }

  private async tellWorker(data: ViewerData, files: string[]): Promise<void> {
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    channel.port1.onmessage = ({
      data: { kept, of },
    }: MessageEvent<{ kept: number; of: number }>) => this.onKept(kept, of);
    const others = data.documents.flatMap((document) => [
      `/api/versions/${document.version_id}/pages`,
      `/api/versions/${document.version_id}/memos`,
    ]);
    const pages = [
      location.pathname,
      `/meetings/${data.meeting.id}/presentation`,
      data.data_url,
      `/api/meetings/${data.meeting.id}/bookmarks`,
    ];
    active?.postMessage(
      {
        kind: "keep",
        files,
        others: [...pages, ...others],
        seconds: data.meeting.keep_seconds,
        person: String(data.me.id),
      },
      [channel.port2],
    );
  }

  private async fetchAll(files: string[]): Promise<void> {
    let kept = 0;
    for (const url of files) {
      try {
        await (await send("GET", url)).blob();
        kept += 1;
      } catch {
        return; // the network is gone; the next state asks again
      }
      this.onKept(kept, files.length);
    }
  }
}
