/** What the desk and the server say to each other, by the desk's names. */

import type { WordsAnswer } from "../base/api-types";

export type {
  AlikeAnswer as Alike,
  ChangesAnswer as Changes,
  CountsAnswer as Counts,
  FillerAnswer as Filler,
  HeadingAnswer as AgendaItem,
  MarkAnswer as Mark,
  MomentAnswer as Moment,
  OtherAnswer as Other,
  PlaceAnswer as AlikePlace,
  ProposalAnswer as Proposal,
  ReadableVersionAnswer as ReadableVersion,
  SegmentAnswer as Segment,
  SegmentChanged,
  SegmentCountsAnswer as SegmentCounts,
  SegmentsChanged,
  SegmentsJoined,
  ShownPageAnswer as ShownPage,
  StateAnswer as State,
  TextChange,
  TranscriptAnswer as Transcript,
  WordsAnswer,
  WorkAnswer as Work,
} from "../base/api-types";

/** So many letters of a text, with the second of the recording at which they were said. */
export type Word = WordsAnswer["segments"][number]["words"][number];
