/**
 * 示された頁: the page that was on the screens while a segment was said. A column of its own in a
 * wide window; in a narrow one a fold in the bar, shut until somebody opens it.
 */

import { make } from "../../base/elements";
import { Refusal, request } from "../../base/http";
import { position } from "../../base/times";
import type { Moment, ReadableVersion, Segment, ShownPage } from "../server";

const WIDE = "(min-width: 1280px)";
const SHUT = "gijido:page-panel:shut";
const NOTHING = "この発話のときに示されていた頁はありません。";

interface Place {
  version: ReadableVersion;
  page: number;
}

export class PagePanel {
  private readonly fold: HTMLDetailsElement;
  private readonly shown: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly picture: HTMLImageElement;
  private readonly name: HTMLAnchorElement;
  private readonly link: HTMLAnchorElement;
  private readonly short: HTMLElement;
  private readonly moments: HTMLElement;
  private readonly back: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly wayBack: HTMLButtonElement;
  private readonly home: Node;
  private readonly wide = matchMedia(WIDE);
  private readonly recordingId: number;
  private readonly known = new Map<string, Promise<Moment[]>>();
  private versions = new Map<number, ReadableVersion>();
  private said: ShownPage | null = null;
  private place: Place | null = null;

  /** `play` from a second of this recording. */
  constructor(
    private readonly root: HTMLElement,
    private readonly play: (seconds: number) => void,
  ) {
    this.fold = find(root, "[data-page-fold]");
    this.shown = find(root, "[data-page-shown]");
    this.empty = find(root, "[data-page-empty]");
    this.picture = find(root, "[data-page-picture]");
    this.name = find(root, "[data-page-name]");
    this.link = find(root, "[data-page-link]");
    this.short = find(root, "[data-page-short]");
    this.moments = find(root, "[data-page-moments]");
    this.back = find(root, "[data-page-back]");
    this.next = find(root, "[data-page-next]");
    this.wayBack = find(root, "[data-page-return]");
    this.recordingId = Number(root.dataset.recording);
    this.home = document.createComment("示された頁");
    root.before(this.home);
    this.settle();
    this.wide.addEventListener("change", () => this.settle());
    this.fold.addEventListener("toggle", () => this.opened());
    this.back.addEventListener("click", () => this.leaf(-1));
    this.next.addEventListener("click", () => this.leaf(1));
    this.wayBack.addEventListener("click", () => this.showPage(this.placeOf(this.said)));
    this.picture.addEventListener("error", () => (this.link.hidden = true));
    document.addEventListener("click", (event) => this.catchLink(event));
  }

  /** What can be opened, read anew. */
  take(versions: ReadableVersion[]): void {
    this.versions = new Map(versions.map((version) => [version.version_id, version]));
    this.known.clear(); // the recording may stand elsewhere by now
  }

  /** The page of this segment. */
  show(segment: Segment): void {
    if (this.root.dataset.beginning === "unknown") return;
    this.said = segment.page;
    this.showPage(this.placeOf(segment.page));
  }

  private placeOf(page: ShownPage | null): Place | null {
    const version = page && this.versions.get(page.version_id);
    return version ? { version, page: page.page } : null;
  }

  private showPage(place: Place | null): void {
    const isSame =
      place?.version.version_id === this.place?.version.version_id &&
      place?.page === this.place?.page;
    if (!isSame) this.place = place; // what was asked for it may still be on its way
    this.shown.hidden = place === null;
    this.empty.hidden = place !== null;
    this.empty.textContent = NOTHING;
    this.short.textContent = place ? `　${place.version.title}　${place.page}頁` : "　なし";
    if (!place) return;
    const { version, page } = place;
    this.back.disabled = page <= 1;
    this.next.disabled = page >= version.page_count;
    this.wayBack.hidden = this.isSaid(place) || this.placeOf(this.said) === null;
    if (!isSame) this.showNew(place);
  }

  private showNew({ version, page }: Place): void {
    const words = `${version.title}　第${version.version}版　${page}頁`;
    const url = `/documents/${version.document_id}?version=${version.version}&page=${page}`;
    this.name.textContent = words;
    this.name.href = this.link.href = url;
    this.link.hidden = false;
    this.link.setAttribute("aria-label", `${words}を開く`);
    if (this.fold.open) this.fetch();
  }

  /** What costs a request: not while the fold is shut. */
  private fetch(): void {
    if (!this.place) return;
    const { version, page } = this.place;
    this.picture.src = `/versions/${version.version_id}/pages/${page}/picture`;
    this.moments.replaceChildren();
    void this.showMoments(this.place);
  }

  private async showMoments(place: Place): Promise<void> {
    const path = `/api/versions/${place.version.version_id}/pages/${place.page}/moments`;
    if (!this.known.has(path)) {
      const asked = request<{ moments: Moment[] }>("GET", path).then((answer) => answer.moments);
      this.known.set(path, asked);
    }
    try {
      const moments = await this.known.get(path)!;
      if (place === this.place) this.moments.replaceChildren(...this.linesOf(moments));
    } catch (problem) {
      this.known.delete(path); // asked again next time
      if (!(problem instanceof Refusal)) throw problem;
    }
  }

  /** Of this recording to hear, of the other parts to go to. */
  private linesOf(moments: Moment[]): Node[] {
    return moments.flatMap((moment) => {
      if (moment.recording_id === this.recordingId) return [this.heard(moment)];
      const first = moment.segments[0];
      if (moment.kind === "spare" || !moment.transcript_id) return [];
      const anchor = first ? `#segment-${first.segment_id}` : "";
      const words = `第${moment.part}部 ${span(moment)}`;
      return [
        make("li", {}, make("a", { href: `/transcripts/${moment.transcript_id}${anchor}` }, words)),
      ];
    });
  }

  private heard(moment: Moment): Node {
    const words = span(moment);
    const press = make("button", { type: "button", class: "button segment-time" }, words);
    press.setAttribute("aria-label", `この頁が示されていた${words}を聞く`);
    press.addEventListener("click", () => this.play(moment.start_seconds));
    return make("li", {}, press);
  }

  private isSaid(place: Place): boolean {
    return this.said?.version_id === place.version.version_id && this.said.page === place.page;
  }

  private leaf(way: number): void {
    if (this.place) this.showPage({ version: this.place.version, page: this.place.page + way });
  }

  /** 「頁を開く」 of a proposal opens here where there is room; else, and with a key held, as the
   * link that it is. */
  private catchLink(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>(
      ".proposal a[href^='/documents/']",
    );
    const isPlain =
      event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.defaultPrevented || !this.isInSight) return;
    const place = this.named(new URL(link.href));
    if (!place) return;
    event.preventDefault();
    this.showPage(place);
  }

  private named(url: URL): Place | null {
    const document = Number(url.pathname.split("/")[2]);
    const number = Number(url.searchParams.get("version"));
    const version = [...this.versions.values()].find(
      (known) => known.document_id === document && known.version === number,
    );
    return version ? { version, page: Number(url.searchParams.get("page")) } : null;
  }

  private get isInSight(): boolean {
    return this.wide.matches || this.fold.open;
  }

  /** A column where there is room, else in the bar that stays in sight. */
  private settle(): void {
    if (this.wide.matches) (this.home as ChildNode).after(this.root);
    else document.querySelector(".desk-bar")?.append(this.root);
    this.fold.open = this.wide.matches || sessionStorage.getItem(SHUT) === "no";
  }

  private opened(): void {
    if (!this.wide.matches) sessionStorage.setItem(SHUT, this.fold.open ? "no" : "yes");
    if (this.fold.open) this.fetch();
  }
}

function span(moment: Moment): string {
  return `${position(moment.start_seconds)}～${position(moment.end_seconds)}`;
}

function find<E extends HTMLElement>(root: HTMLElement, selector: string): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the panel lacks ${selector}`);
  return found;
}
