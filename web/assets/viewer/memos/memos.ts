/** The person's memos on one version, and those shared by others.
 *
 * What the person does counts at once and is kept in this terminal until the server has it:
 * `Kept` holds for each memo what is wanted and what the server last acknowledged, so sending
 * may break off anywhere and is simply done again.
 */

import { Refusal, request } from "../../base/http";
import {
  type Answer,
  type Content,
  isAlike,
  isSaved,
  type Kept,
  type Kind,
  type Memo,
  MemoStore,
  type PageOfVersion,
  type Saved,
  type Wanted,
  wantedOf,
} from "./memo-store";

/** A memo whose page is not in the current version, with the size of its old page in points. */
export type Stranded = Answer;

const AGAIN_MS = 3000;
const NO_ROOM =
  "この端末に空きがないため、メモは通信が戻るまで保存されません。この画面を閉じないでください。";

export class Memos {
  /** Something changed that must be drawn anew. */
  onChange: () => void = () => undefined;
  onRefused: (sentence: string) => void = () => undefined;
  /** Memos wait here because nobody, or somebody else, is signed in on this terminal. */
  onSignInNeeded: (sentence: string) => void = () => undefined;
  versionId = 0;
  private readonly store: MemoStore;
  private readonly kept: Map<string, Kept>;
  private memos = new Map<string, Memo>();
  private readonly pageIds = new Map<number, Promise<Map<number, number>>>();
  private readonly done: { key: string; was: Wanted }[] = [];
  private readonly undone: { key: string; was: Wanted }[] = [];
  private isSending = false;
  private isSignInNeeded = false;
  private loading = 0;
  private acknowledged = 0;

  constructor(personId: number) {
    this.store = new MemoStore(personId);
    this.kept = new Map(this.store.read());
    addEventListener("online", () => void this.send());
    void this.send();
  }

  get waiting(): number {
    return [...this.kept.values()].filter((kept) => !isSaved(kept)).length;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  async load(versionId: number): Promise<void> {
    const turn = ++this.loading;
    if (versionId !== this.versionId) {
      this.versionId = versionId;
      this.memos.clear();
    }
    try {
      const { acknowledged } = this;
      const answer = await request<{ memos: Answer[] }>("GET", `/api/versions/${versionId}/memos`);
      if (turn !== this.loading) return;
      // What was saved while the answer was under way may not be in it.
      if (acknowledged !== this.acknowledged) return await this.load(versionId);
      this.memos = new Map(answer.memos.map((memo) => [memoKey(memo), this.taken(memo)]));
    } catch {
      if (turn !== this.loading) return;
    }
    this.addKept();
    this.onChange();
  }

  /** Those on this page, the oldest first. */
  on(page: number): Memo[] {
    return [...this.memos.values()].filter((memo) => memo.page === page && !memo.is_erased);
  }

  /** All of this version, in the order of the pages. */
  all(): Memo[] {
    return [...this.memos.values()]
      .filter((memo) => !memo.is_erased)
      .sort((one, other) => one.page - other.page);
  }

  /** Needs no server: before it answers, or without a network, the memo is kept here. */
  add({ versionId, page }: PageOfVersion, kind: Kind, content: Content, isShared: boolean): Memo {
    const memo: Memo = {
      key: crypto.randomUUID?.() ?? randomKey(),
      page_id: null,
      page,
      kind,
      content,
      author: "",
      is_mine: true,
      is_carried: false,
      outdated_version: null,
      is_erased: false,
      is_shared: isShared,
    };
    if (versionId === this.versionId) this.memos.set(memo.key, memo);
    this.done.push({ key: memo.key, was: { content, is_shared: isShared, is_erased: true } });
    this.undone.length = 0;
    this.want(memo, versionId);
    return memo;
  }

  /** `given` may have been shown before the memos were loaded anew. */
  change(given: Memo, changes: Partial<Wanted>): void {
    const memo = this.memos.get(given.key) ?? given;
    this.done.push({ key: memo.key, was: wantedOf(memo) });
    this.undone.length = 0;
    Object.assign(memo, changes);
    this.want(memo);
  }

  undo(): void {
    this.step(this.done, this.undone);
  }

  redo(): void {
    this.step(this.undone, this.done);
  }

  private step(from: { key: string; was: Wanted }[], to: { key: string; was: Wanted }[]): void {
    const last = from.pop();
    const memo = last && this.memos.get(last.key);
    if (!last || !memo) return;
    to.push({ key: memo.key, was: wantedOf(memo) });
    Object.assign(memo, last.was);
    this.want(memo);
  }

  private want(memo: Memo, versionId = this.versionId): void {
    const known = this.kept.get(memo.key);
    this.kept.set(memo.key, {
      key: memo.key,
      page_id: memo.page_id ?? known?.page_id ?? null,
      // The page may have been turned since to another document.
      version_id: known?.version_id ?? versionId,
      page: memo.page,
      kind: memo.kind,
      wanted: wantedOf(memo),
      saved: known?.saved ?? null,
    });
    this.write(memo.key);
    this.onChange();
    void this.send();
  }

  private taken(answer: Answer): Memo {
    if (answer.is_mine) {
      const known = this.kept.get(answer.key);
      const saved = {
        content: answer.content,
        is_erased: false,
        is_shared: answer.is_shared,
        id: answer.id,
        revision: answer.revision,
      };
      if (!known || isSaved(known)) {
        this.kept.set(answer.key, {
          key: answer.key,
          page_id: answer.page_id,
          version_id: this.versionId,
          page: answer.page,
          kind: answer.kind,
          wanted: wantedOf({ ...saved }),
          saved,
        });
      }
    }
    return {
      key: answer.key,
      page_id: answer.page_id,
      page: answer.page,
      kind: answer.kind,
      content: answer.content,
      author: answer.author.name,
      is_mine: answer.is_mine,
      is_carried: answer.is_carried,
      outdated_version: answer.is_page_changed ? answer.written_version : null,
      is_erased: false,
      is_shared: answer.is_shared,
    };
  }

  /** What this terminal has and the server does not yet, and what was erased and may come back. */
  private addKept(): void {
    for (const kept of this.kept.values()) {
      if (kept.version_id !== this.versionId || (isSaved(kept) && !kept.wanted.is_erased)) continue;
      this.memos.set(kept.key, {
        key: kept.key,
        page_id: kept.page_id,
        page: kept.page,
        kind: kept.kind,
        author: "",
        is_mine: true,
        is_carried: false,
        outdated_version: null,
        ...kept.wanted,
      });
    }
  }

  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      for (let kept = this.next(); kept; kept = this.next()) await this.save(kept);
      this.isSignInNeeded = false;
    } catch (problem) {
      this.hold(problem);
    } finally {
      this.isSending = false;
      this.onChange();
    }
  }

  /** Everything waits: for the network, the server, or its owner, who has to sign in again. */
  private hold(problem: unknown): void {
    const isOfSignIn = problem instanceof Refusal && problem.isOfSignIn;
    if (isOfSignIn && !this.isSignInNeeded) this.onSignInNeeded(problem.message);
    this.isSignInNeeded = isOfSignIn;
    setTimeout(() => void this.send(), AGAIN_MS);
  }

  private next(): Kept | undefined {
    return [...this.kept.values()].find((kept) => !isSaved(kept) && !kept.isRefused);
  }

  /** One step towards what is wanted. A refusal ends the matter with the server's sentence. */
  private async save(kept: Kept): Promise<void> {
    const { wanted, saved } = kept;
    try {
      if (!saved && wanted.is_erased) this.kept.delete(kept.key);
      else if (!saved) {
        const { id, content, is_shared, revision } = await request<Answer>(
          "POST",
          `/api/pages/${await this.pageId(kept)}/memos`,
          { key: kept.key, kind: kept.kind, content: wanted.content },
        );
        this.acknowledge(kept, { id, content, is_shared, is_erased: false, revision });
      } else if (wanted.is_erased !== saved.is_erased) {
        const { revision } = await (wanted.is_erased
          ? request<Answer>("DELETE", `/api/memos/${saved.id}`)
          : request<Answer>("POST", `/api/memos/${saved.id}/restoration`));
        this.acknowledge(kept, { ...saved, is_erased: wanted.is_erased, revision });
      } else if (!isAlike(wanted.content, saved.content)) {
        const { revision } = await request<Answer>("PUT", `/api/memos/${saved.id}`, {
          page_id: await this.pageId(kept),
          content: wanted.content,
          based_on: saved.revision,
        });
        this.acknowledge(kept, { ...saved, content: wanted.content, revision });
      } else {
        const { revision, is_shared } = await request<Answer>(
          wanted.is_shared ? "PUT" : "DELETE",
          `/api/memos/${saved.id}/sharing`,
        );
        this.acknowledge(kept, { ...saved, is_shared, revision });
      }
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.isPassing) throw problem;
      this.refuse(kept, problem);
    }
    this.write(kept.key);
  }

  /** The server's name of its page; 0, which it refuses, where the version has no such page. */
  private async pageId({ page_id, version_id, page }: Kept): Promise<number> {
    if (page_id !== null) return page_id;
    const known = this.pageIds.get(version_id) ?? askPageIds(version_id);
    this.pageIds.set(version_id, known);
    try {
      return (await known).get(page) ?? 0;
    } catch (problem) {
      this.pageIds.delete(version_id);
      throw problem;
    }
  }

  /** The server has this much; what the person did meanwhile stays wanted. */
  private acknowledge(kept: Kept, saved: Saved): void {
    this.acknowledged++;
    kept.saved = saved;
    const now = this.kept.get(kept.key);
    if (now) now.saved = saved;
  }

  /** A change that another terminal of this person was faster with becomes a memo of its own;
   * whatever else the server refuses stays here, so that nothing that was written is lost. */
  private refuse(kept: Kept, problem: Refusal): void {
    if (problem.status === 409 && kept.saved) {
      const copy = { ...kept, key: randomKey(), saved: null };
      this.kept.set(copy.key, copy);
      this.write(copy.key);
      this.kept.delete(kept.key);
      void this.load(this.versionId);
    } else {
      kept.isRefused = true;
      this.onRefused(`メモを保存できませんでした。この端末に残してあります。${problem.message}`);
    }
  }

  /** Only what the server does not have yet stays in the terminal. */
  private write(key: string): void {
    if (!this.store.write(key, this.kept.get(key))) this.onRefused(NO_ROOM);
  }
}

export async function stranded(documentId: number): Promise<Stranded[]> {
  return (
    await request<{ memos: Stranded[] }>("GET", `/api/documents/${documentId}/stranded-memos`)
  ).memos;
}

async function askPageIds(versionId: number): Promise<Map<number, number>> {
  const { pages } = await request<{ pages: { id: number; number: number }[] }>(
    "GET",
    `/api/versions/${versionId}/pages`,
  );
  return new Map(pages.map((page) => [page.number, page.id]));
}

/** Keys of two people may be the same. */
function memoKey(memo: Answer): string {
  return memo.is_mine ? memo.key : `${memo.id}`;
}

/** `crypto.randomUUID` is there only in a secure context. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
