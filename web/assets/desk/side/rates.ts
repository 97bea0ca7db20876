/** Rates as everywhere else on the screens (web/app.py, minutes/accuracy.py). */

import type { Counts } from "../server";

export function percent(rate: number | null): string {
  return rate === null ? "—" : `${(100 * rate).toFixed(1)} %`;
}

type Rated = Pick<Counts, "total" | "wrong" | "missing">;

/** M of N alone, in percent. */
export function rateOf({ total, wrong, missing }: Rated): string {
  return percent(total ? (total - wrong - missing) / total : null);
}

/** 「N字中M字を正しく変換」, as minutes/accuracy.py says it. */
export function withRate({ total, wrong, missing }: Counts): string {
  const right = total - wrong - missing;
  const words = `${total.toLocaleString("ja")}字中${right.toLocaleString("ja")}字を正しく変換`;
  return `${words}（${rateOf({ total, wrong, missing })}）`;
}
