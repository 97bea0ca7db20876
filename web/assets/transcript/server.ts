/** What the editor and the server say to each other (see /api/openapi.json). */

export interface Mark {
  text: string;
  is_corrected: boolean;
  is_annotation: boolean;
  heard: string;
}

export interface Proposal {
  id: number;
  start: number;
  before: string;
  after: string;
  was_changed: boolean;
  reason: string;
  page: string | null;
}

/** Of one confirmed segment, in characters. */
export interface Counts {
  total: number;
  wrong: number;
  missing: number;
  added: number;
  fillers: number;
}

export interface SegmentCounts {
  raw: Counts;
  normalised: Counts;
  machine: Counts;
}

/** With the pause that goes with it. */
export interface Filler {
  start: number;
  words: string;
}

/** A page of a version, as it was shown. */
export interface ShownPage {
  document_id: number;
  version_id: number;
  version: number;
  page: number;
  url: string;
}

export interface ReadableVersion {
  document_id: number;
  version_id: number;
  version: number;
  title: string;
  page_count: number;
}

/** Seconds of a recording in which a page was shown. */
export interface Moment {
  recording_id: number;
  transcript_id: number | null;
  kind: string;
  part: number | null;
  start_seconds: number;
  end_seconds: number;
  segments: { segment_id: number; start_seconds: number; speaker: string | null; text: string }[];
}

/** So many letters of a text, with the second of the recording at which they were said. */
export interface Word {
  letters: number;
  seconds: number;
  is_unsure: boolean;
}

export interface WordsAnswer {
  segments: { segment_id: number; revision: number; words: Word[] }[];
}

export interface Segment {
  id: number;
  start_seconds: number;
  end_seconds: number;
  heard: string;
  text: string;
  revision: number;
  is_confirmed: boolean;
  confidence: number | null;
  expected_errors: number | null;
  doubt: string | null;
  speaker: string | null;
  is_suggested: boolean;
  suggested_name: string | null;
  is_mixed: boolean;
  agenda_item_id: number | null;
  assigned_by: string | null;
  is_left_out: boolean;
  counts: SegmentCounts | null;
  marks: Mark[];
  fillers: Filler[];
  proposals: Proposal[];
  page: ShownPage | null;
}

export interface Work {
  state: string;
  state_label: string;
  stage: string;
  percent: number;
  remaining_words: string;
  segment_count: number;
  problem: string;
  is_worker_running: boolean;
  stages: { label: string; state: string }[];
}

export interface AgendaItem {
  id: number;
  number: string;
  title: string;
}

export interface Transcript {
  id: number;
  work: Work;
  speakers: string[];
  agenda_items: AgendaItem[];
  latest: number;
  segments: Segment[];
  versions: ReadableVersion[];
  is_closed: boolean;
}

/** A text that a segment once had; `marks` against another one. */
export interface State {
  text: string;
  words: string;
  by: string | null;
  at: string | null;
  marks: Mark[];
}

/** Somebody who has the same transcript open. */
export interface Other {
  name: string;
  is_self: boolean;
  segment_id: number | null;
}

export interface Changes {
  latest: number;
  is_everything: boolean;
  work: Work;
  segments: Segment[];
  gone: number[];
  others: Other[];
  is_closed: boolean;
}

export interface SegmentChanged {
  segment: Segment;
}

export interface SegmentsChanged {
  segments: Segment[];
}

export interface SegmentsJoined {
  segment: Segment;
  gone: number;
}

export interface TextChange {
  segment_id: number;
  text: string;
  revision: number;
}

export interface AlikePlace {
  segment_id: number;
  start: number;
  words: string;
  is_same_text: boolean;
  is_sure: boolean;
  leading: string;
  following: string;
  is_confirmed: boolean;
  revision: number;
}

/** What was replaced, and where the same stands. */
export interface Alike {
  before: string;
  after: string;
  places: AlikePlace[];
}
