/**
 * What was typed and not saved yet, kept in this browser: it survives a reload, a crash and a
 * sign-in that ran out. By person, so that nobody saves another's words in their own name.
 */

import { seal, unseal } from "../../base/sealed";
import type { Segment } from "../server";

export interface Kept {
  /** The revision of the segment that was being corrected. */
  revision: number;
  text: string;
  /** Where it belongs: its segment may be gone when the page is opened again. */
  transcript: string;
  seconds: number;
  before: string;
}

const desk = document.querySelector<HTMLElement>("[data-person]")?.dataset;
const PREFIX = `gijido:typed:${desk?.person ?? ""}:`;
const TRANSCRIPT = desk?.transcript ?? "";

export function keep(segment: Segment, text: string): void {
  const { id, revision, start_seconds: seconds, text: before } = segment;
  const kept: Kept = { revision, text, transcript: TRANSCRIPT, seconds, before };
  try {
    localStorage.setItem(PREFIX + id, seal(JSON.stringify(kept)));
  } catch {
    // No room, or storage is switched off: saving to the server goes on all the same.
  }
}

export function kept(segmentId: number): Kept | null {
  try {
    const found: unknown = JSON.parse(unseal(localStorage.getItem(PREFIX + segmentId)) ?? "null");
    return isKept(found) ? found : null;
  } catch {
    return null;
  }
}

/** Once this text is saved; what another tab of the same person has kept since stays. */
export function forget(segmentId: number, text: string): void {
  try {
    if (kept(segmentId)?.text === text) localStorage.removeItem(PREFIX + segmentId);
  } catch {
    // As above.
  }
}

/** What is kept for segments of this transcript that are none any more, as they were. */
export function orphans(known: Set<number>): Segment[] {
  const found: Segment[] = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const id = Number(key.startsWith(PREFIX) ? key.slice(PREFIX.length) : NaN);
      const earlier = Number.isNaN(id) || known.has(id) ? null : kept(id);
      if (earlier?.transcript === TRANSCRIPT) found.push(goneSegment(id, earlier));
    }
  } catch {
    // As above.
  }
  return found;
}

function goneSegment(id: number, { before, revision, seconds }: Kept): Segment {
  return {
    id,
    start_seconds: seconds,
    end_seconds: seconds,
    heard: before,
    machine: before,
    text: before,
    revision,
    is_confirmed: false,
    confidence: null,
    expected_errors: null,
    doubt: null,
    speaker: null,
    is_suggested: false,
    suggested_name: null,
    is_mixed: false,
    agenda_item_id: null,
    assigned_by: null,
    is_left_out: false,
    counts: null,
    marks: [],
    annotations: [],
    fillers: [],
    proposals: [],
    page: null,
  };
}

function isKept(found: unknown): found is Kept {
  return (
    typeof found === "object" &&
    found !== null &&
    typeof (found as Kept).revision === "number" &&
    typeof (found as Kept).text === "string"
  );
}
