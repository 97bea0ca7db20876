/** What a memo is, and those that this terminal keeps until the server has them. */

import type { MemoAnswer, MemoKind } from "../../base/api-types";
import { seal, unseal } from "../../base/sealed";

export type Kind = MemoKind;
export type Point = [x: number, y: number, pressure: number];

export interface Drawn {
  strokes: Point[][];
  colour: string;
  width: number;
}

export interface Written {
  x: number;
  y: number;
  text: string;
}

export type Content = Drawn | Written;

export interface Wanted {
  content: Content;
  is_erased: boolean;
  is_shared: boolean;
}

export interface Memo extends Wanted {
  key: string;
  /** Not known yet where it was written before the server was asked. */
  page_id: number | null;
  page: number;
  kind: Kind;
  author: string;
  is_mine: boolean;
  is_carried: boolean;
  /** The version it was written on, where its page says something else now; else null. */
  outdated_version: number | null;
}

export interface Saved extends Wanted {
  id: number;
  revision: number;
}

export interface Kept {
  key: string;
  page_id: number | null;
  version_id: number;
  page: number;
  kind: Kind;
  wanted: Wanted;
  saved: Saved | null;
  /** The server said no: it stays in the terminal and is tried again when the viewer opens anew. */
  isRefused?: boolean;
}

export interface Answer extends Omit<MemoAnswer, "content"> {
  content: Content;
}

export interface PageOfVersion {
  versionId: number;
  page: number;
}

/** Each memo has a place of its own: two windows of the same person do not overwrite each other's. */
export class MemoStore {
  private readonly prefix: string;

  constructor(personId: number) {
    this.prefix = `gijido:memo:${personId}:`;
  }

  /** Returns the memos of this person that the server does not have yet, by their keys. */
  read(): [string, Kept][] {
    const places = Object.keys(localStorage).filter((name) => name.startsWith(this.prefix));
    return places.flatMap((name): [string, Kept][] => {
      try {
        const kept = JSON.parse(unseal(localStorage.getItem(name)) ?? "") as Kept;
        return [[kept.key, { ...kept, isRefused: false }]];
      } catch {
        return [];
      }
    });
  }

  /** Only what the server does not have yet stays. Returns false where there is no room. */
  write(key: string, kept: Kept | undefined): boolean {
    try {
      if (kept && !isSaved(kept))
        localStorage.setItem(this.prefix + key, seal(JSON.stringify(kept)));
      else localStorage.removeItem(this.prefix + key);
      return true;
    } catch {
      return false;
    }
  }
}

export function wantedOf({ content, is_erased, is_shared }: Wanted): Wanted {
  return { content, is_erased, is_shared };
}

export function isSaved({ wanted, saved }: Kept): boolean {
  return (
    saved !== null &&
    wanted.is_erased === saved.is_erased &&
    wanted.is_shared === saved.is_shared &&
    isAlike(wanted.content, saved.content)
  );
}

export function isAlike(one: Content, other: Content): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
