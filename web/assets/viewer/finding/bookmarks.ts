/** しおり: the pages that this person marked, in all documents of the meeting. */

import type { BookmarkAnswer } from "../../base/api-types";
import { button } from "../../base/elements";
import { request } from "../../base/http";
import type { Drawer } from "../drawer";
import type { Reader } from "../reading/reader";

export class Bookmarks {
  readonly press = button(
    "しおり",
    () => void this.toggle(),
    "viewer-choice",
    "この頁にしおりを挟む",
  );
  private marked: BookmarkAnswer[] = [];

  constructor(
    private readonly meetingId: number,
    private readonly reader: Reader,
    private readonly failed: (problem: unknown) => void,
  ) {
    void this.load();
  }

  async load(): Promise<void> {
    try {
      this.marked = (
        await request<{ bookmarks: BookmarkAnswer[] }>(
          "GET",
          `/api/meetings/${this.meetingId}/bookmarks`,
        )
      ).bookmarks;
    } catch {
      return; // without a network the button stays as it was
    }
    this.refresh();
  }

  refresh(): void {
    this.press.setAttribute("aria-pressed", String(this.here !== undefined));
  }

  show(drawer: Drawer): void {
    const lines = this.marked.flatMap((mark) => {
      const document = this.reader.documents.find((entry) => entry.id === mark.document_id);
      return document
        ? [
            drawer.choice(`${mark.title}　${mark.page}頁`, () =>
              this.reader.go(document, mark.page),
            ),
          ]
        : [];
    });
    drawer.open(
      "しおりの一覧",
      drawer.list(lines, "しおりはまだありません。「しおり」を押すと、開いている頁に挟めます。"),
    );
  }

  private get here(): BookmarkAnswer | undefined {
    const { document, page } = this.reader;
    return this.marked.find(
      (mark) => mark.version_id === document?.version_id && mark.page === page,
    );
  }

  private async toggle(): Promise<void> {
    const { document, page } = this.reader;
    if (!document) return;
    try {
      const known = this.here;
      if (known) await request("DELETE", `/api/pages/${known.page_id}/bookmark`);
      else
        await request("PUT", `/api/pages/${await this.pageId(document.version_id, page)}/bookmark`);
      await this.load();
    } catch (problem) {
      this.failed(problem);
    }
  }

  private async pageId(versionId: number, page: number): Promise<number> {
    const { pages } = await request<{ pages: { id: number; number: number }[] }>(
      "GET",
      `/api/versions/${versionId}/pages`,
    );
    return pages.find((entry) => entry.number === page)!.id;
  }
}
