/** What the server hands to the viewer (`web/views/meetings/_viewer.py`). */

import type { PersonAnswer } from "../base/api-types";

export interface ShownDocument {
  id: number;
  title: string;
  item_id: number | null;
  item_number: string;
  item_title: string;
  version_id: number;
  version: number;
  page_count: number;
  /** 版の印：新着・差替. */
  mark: string;
  may_print: boolean;
  may_download: boolean;
  /** Empty for a first version. */
  changes_url: string;
  is_watermarked: boolean;
  file_url: string;
  url: string;
}

export interface AgendaEntry {
  id: number;
  number: string;
  title: string;
}

export type SomePerson = PersonAnswer;

export interface ViewerData {
  me: {
    id: number;
    name: string;
    may_present: boolean;
    may_take: boolean;
    may_change_item: boolean;
    may_hear: boolean;
  };
  meeting: {
    id: number;
    title: string;
    url: string;
    is_open: boolean;
    open_seconds: number;
    keep_seconds: number;
  };
  documents: ShownDocument[];
  items: AgendaEntry[];
  /** Where to begin: following the presenter, or on a page of one's own. */
  start: { follow: boolean; document: number | null; page: number };
  data_url: string;
  /** Grows with every change of the meeting's documents. */
  documents_revision: number;
}

export interface Place {
  document: ShownDocument;
  page: number;
}

/** 「2　市税条例の改正」: a document with the number of its agenda item. */
export function nameOf(document: ShownDocument): string {
  return [document.item_number, document.title].filter(Boolean).join("　");
}
