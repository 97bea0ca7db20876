/** The place of segments in the agenda: an item, outside all of them (議題外), or not known yet. */

import { make } from "../../base/elements";
import { length } from "../../base/times";
import type { AgendaItem, Segment } from "../server";

export type Place = number | "left-out" | null;

const LEFT_OUT = "議題外";
const UNASSIGNED = "未割り当て";
const GUESSES: Record<string, string> = { turns: "推定：頁送りから", text: "推定：発話から" };

/** Above the line with which an item begins; `guess`: where a machine has it from. */
export interface Heading {
  words: string;
  guess: string | null;
}

export function placeOf(segment: Segment): Place {
  return segment.is_left_out ? "left-out" : segment.agenda_item_id;
}

/** What the server is asked for. */
export function asBody(place: Place): object {
  const isLeftOut = place === "left-out";
  return { agenda_item_id: isLeftOut ? null : place, is_left_out: isLeftOut };
}

/** Where the agenda goes on to another place; null where it does not. */
export function headingOf(
  segment: Segment,
  before: Segment | null,
  agenda: AgendaItem[],
): Heading | null {
  const place = placeOf(segment);
  const isSame = before ? placeOf(before) === place : place === null && agenda.length === 0;
  if (isSame) return null;
  const item = agenda.find((known) => known.id === place);
  const words = item ? `議題${item.number}　${item.title}` : nameOf(place);
  return { words, guess: GUESSES[segment.assigned_by ?? ""] ?? null };
}

/** Keeps what stands there, and the focus with it, as long as nothing is new. */
export function showHeading(
  element: HTMLElement,
  heading: Heading | null,
  confirm: (() => void) | null,
): void {
  const shown = JSON.stringify([heading, confirm !== null]);
  if (element.dataset.shown === shown) return;
  const hadFocus = element.contains(document.activeElement);
  element.dataset.shown = shown;
  element.hidden = heading === null;
  element.replaceChildren(heading?.words ?? "");
  if (!heading?.guess) return;
  element.append(" ", make("span", { class: "segment-guess" }, heading.guess));
  if (!confirm) return;
  const name = `「${heading.words}」はこの区切りでよい`;
  const button = make(
    "button",
    { type: "button", class: "button button-quiet segment-guess-confirm", "aria-label": name },
    "この区切りでよい",
  );
  button.addEventListener("click", confirm);
  element.append(" ", button);
  if (hadFocus) button.focus();
}

/** The choice as it stands; all choices only when somebody is about to choose (`isWhole`). */
export function fillChoice(
  select: HTMLSelectElement,
  segment: Segment,
  agenda: AgendaItem[],
  isWhole: boolean,
): void {
  const now = placeOf(segment);
  const places: Place[] = isWhole ? [null, ...agenda.map((item) => item.id), "left-out"] : [now];
  select.replaceChildren(...places.map((place) => option(place, agenda)));
  select.value = String(now ?? "");
}

export function chosenPlace(select: HTMLSelectElement): Place {
  const { value } = select;
  return value === "" ? null : value === "left-out" ? value : Number(value);
}

/** At the side: what nobody has assigned yet, with the way to the first of it. */
export function unassignedLine(first: Segment, count: number, seconds: number): Node {
  const words = `${UNASSIGNED} ${length(seconds)}（${count}発話）`;
  const link = make("a", { href: `#segment-${first.id}` }, words);
  return make("li", { class: "item-unassigned" }, make("p", { class: "item-title" }, link));
}

export function nameOf(place: Place): string {
  return place === "left-out" ? LEFT_OUT : UNASSIGNED;
}

function option(place: Place, agenda: AgendaItem[]): HTMLOptionElement {
  const item = agenda.find((known) => known.id === place);
  const words = item ? `${item.number}　${item.title}` : `（${nameOf(place)}）`;
  return make("option", { value: String(place ?? "") }, words);
}
