/** Acts on many segments at once: taken back, and done again, where nobody has changed them since. */

import { request } from "../../base/http";
import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";
import type { Segment, SegmentsChanged } from "../server";
import type { Act, Outcome } from "./undo-stack";

/** What such an act changes of a segment. */
export interface Kind<State> {
  /** For people. */
  name: string;
  stateOf(segment: Segment): State;
  /** This person has something of it here that is not saved yet. */
  isOpen(line: SegmentModel): boolean;
  /** All that still are as they were `now`; returns those. Throws Refusal. */
  write(path: string, changes: Change<State>[]): Promise<SegmentsChanged>;
}

export interface Change<State> {
  segment: Segment;
  now: State;
  then: State;
}

export interface Step<State> {
  id: number;
  before: State;
  after: State;
}

export interface PlaceState {
  agenda_item_id: number | null;
  assigned_by: string | null;
}

export const TEXTS: Kind<string> = {
  name: "文",
  stateOf: (segment) => segment.text,
  isOpen: (line) => line.isTextDirty || line.conflict !== null,
  write: (path, changes) =>
    request("PUT", `${path}/texts`, {
      texts: changes.map(({ segment: { id, revision }, then }) => ({
        segment_id: id,
        text: then,
        revision,
      })),
    }),
};

export const SPEAKERS: Kind<string> = {
  name: "発言者",
  stateOf: (segment) => segment.speaker ?? "",
  isOpen: (line) => line.isSpeakerDirty,
  write: (path, changes) => request("PUT", `${path}/speakers`, { speakers: changes.map(asBody) }),
};

export const PLACES: Kind<PlaceState> = {
  name: "議題",
  stateOf: ({ agenda_item_id, assigned_by }) => ({ agenda_item_id, assigned_by }),
  isOpen: () => false,
  write: (path, changes) => request("PUT", `${path}/agenda-items`, { places: changes.map(asBody) }),
};

export const CONFIRMATIONS: Kind<boolean> = {
  name: "確認済みの印",
  stateOf: (segment) => segment.is_confirmed,
  isOpen: (line) => line.wantsConfirmed !== line.segment.is_confirmed,
  write: (path, changes) =>
    request("PUT", `${path}/confirmations`, { confirmations: changes.map(asBody) }),
};

export function act<State>(
  list: SegmentList,
  path: string,
  kind: Kind<State>,
  words: string,
  steps: Step<State>[],
): Act {
  const move = async (from: "before" | "after", to: "before" | "after"): Promise<Outcome> => {
    const changes = steps.flatMap((step): Change<State>[] => {
      const line = list.get(step.id);
      if (!line || line.isGone || kind.isOpen(line)) return [];
      const isStill = isSame(kind.stateOf(line.segment), step[from]);
      return isStill ? [{ segment: line.segment, now: step[from], then: step[to] }] : [];
    });
    const segments = changes.length ? (await kind.write(path, changes)).segments : [];
    for (const segment of segments) list.get(segment.id)?.take(segment);
    return outcome(kind.name, segments.length, steps.length);
  };
  return { words, undo: () => move("after", "before"), redo: () => move("before", "after") };
}

export function changedSince(name: string): Outcome {
  const words = `そのあとで${name}が変わったため、元に戻せません。`;
  return { refused: `${words}発話を見て、必要なら直接直してください。` };
}

function outcome(name: string, changed: number, all: number): Outcome {
  if (!changed) return changedSince(name);
  const left = all - changed;
  const why = `そのあとで${name}が変わったため、そのままにしました。`;
  return { remark: left ? `${left}発話は、${why}` : "" };
}

function asBody<State>({ segment, now, then }: Change<State>): object {
  return { segment_id: segment.id, now, then };
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
