/** The accuracy: of the whole, always in sight, and of each agenda item at the side. */

import { make, required } from "../../base/elements";
import type { Place } from "../segments/agenda-headings";
import { nameOf, placeOf, unassignedLine } from "../segments/agenda-headings";
import type { AgendaItem, Counts, Segment, SegmentCounts } from "../server";
import { rateOf, withRate } from "./rates";

const LONG = "を正しく変換";
const NOT_SAID: Counts = { total: 0, wrong: 0, missing: 0, added: 0, fillers: 0 };

/** What has been said on one agenda item, or on none. */
interface Tally {
  first: Segment | null;
  said: number;
  seconds: number;
  confirmed: number;
  counts: SegmentCounts;
}

export class AccuracyFigures {
  private readonly raw = required<HTMLElement>("[data-accuracy-raw]");
  private readonly machine = required("[data-accuracy-machine]");
  private readonly normalised = required("[data-accuracy-normalised]");
  private readonly items = required("[data-items]");
  /** Not where an imported transcript has no figures. */
  private readonly whole = document.querySelector("[data-accuracy-whole]");

  show(agendaItems: AgendaItem[], segments: Iterable<Segment>): void {
    const byPlace = new Map<Place, Tally>();
    const whole = empty();
    for (const segment of segments) {
      const place = placeOf(segment);
      const tally = byPlace.get(place) ?? empty();
      byPlace.set(place, tally);
      add(tally, segment);
      add(whole, segment);
    }
    this.showWhole(whole.counts);
    this.items.replaceChildren(
      ...agendaItems.map((item) => line(item, byPlace.get(item.id) ?? empty())),
      ...outside(byPlace, agendaItems.length > 0),
    );
  }

  /** One line in the bar; what does not fit there is told on pointing, and at the side. */
  private showWhole({ raw, machine, normalised }: SegmentCounts): void {
    if (raw.total) this.raw.replaceChildren(...shortened(withRate(raw)));
    else this.raw.textContent = this.raw.dataset.without!;
    const isTaught = raw.total > 0 && right(machine) !== right(raw);
    this.machine.hidden = !isTaught;
    this.machine.textContent = isTaught ? `資料の言葉で直したあと ${rateOf(machine)}` : "";
    this.normalised.textContent = raw.total ? `表記の違いを除く ${rateOf(normalised)}` : "";
    const added = raw.added ? `余分 ${raw.added.toLocaleString("ja")}字` : "";
    const fillers = raw.fillers ? `フィラー ${raw.fillers.toLocaleString("ja")}字` : "";
    const lines = [
      isTaught && `資料の言葉で直したあと：${withRate(machine)}`,
      raw.total && `表記の違いを除く：${withRate(normalised)}`,
      [added, fillers].filter(Boolean).join("・"),
    ].filter((line): line is string => Boolean(line));
    if (this.raw.parentElement)
      this.raw.parentElement.title = [this.raw.textContent, ...lines].join("\n");
    this.whole?.replaceChildren(
      ...lines.map((line) => make("p", { class: "item-accuracy" }, line)),
    );
  }
}

/** With what a phone leaves out apart. */
function shortened(words: string): (Node | string)[] {
  const [count, rate] = words.split(LONG);
  return [count!, make("span", { class: "desk-long" }, LONG), rate!];
}

/** 議題外, and what has no place yet. */
function outside(byPlace: Map<Place, Tally>, hasAgenda: boolean): Node[] {
  const leftOut = byPlace.get("left-out");
  const unassigned = byPlace.get(null);
  const lines: Node[] = [];
  if (leftOut) lines.push(line({ number: "", title: nameOf("left-out") }, leftOut));
  if (!unassigned?.first) return lines;
  const { first, said, seconds } = unassigned;
  if (hasAgenda) lines.push(unassignedLine(first, said, seconds));
  else lines.push(line({ number: "", title: "発話" }, unassigned));
  return lines;
}

function right(counts: Counts): number {
  return counts.total - counts.wrong - counts.missing;
}

function empty(): Tally {
  const counts = { raw: { ...NOT_SAID }, normalised: { ...NOT_SAID }, machine: { ...NOT_SAID } };
  return { first: null, said: 0, seconds: 0, confirmed: 0, counts };
}

function add(tally: Tally, segment: Segment): void {
  tally.first ??= segment;
  tally.said += 1;
  tally.seconds += segment.end_seconds - segment.start_seconds;
  if (segment.is_confirmed) tally.confirmed += 1;
  if (!segment.counts) return;
  for (const kind of ["raw", "normalised", "machine"] as const)
    for (const key of ["total", "wrong", "missing", "added", "fillers"] as const)
      tally.counts[kind][key] += segment.counts[kind][key];
}

function line(item: { number: string; title: string }, tally: Tally): Node {
  const title = `${item.number}　${item.title}`.trim();
  const { first, said, confirmed, counts } = tally;
  const name = first ? make("a", { href: `#segment-${first.id}` }, title) : title;
  const shown = make("li", {}, make("p", { class: "item-title" }, name));
  shown.append(make("p", {}, `${said}発話・確認済み ${confirmed}`));
  if (counts.raw.total)
    shown.append(figure(counts.raw), figure(counts.normalised, "表記の違いを除く："));
  return shown;
}

function figure(counts: Counts, label = ""): Node {
  return make("p", { class: "item-accuracy" }, label + withRate(counts));
}
