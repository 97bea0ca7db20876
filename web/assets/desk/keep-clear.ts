/** Columns, rows and boxes stay clear of what always lies over the page, however much stands in it:
 * its height is known to the styles. */

import { required } from "../base/elements";

export function keepClear(): void {
  tell("--desk-bar", required(".desk-bar"));
  tell("--player", required(".player"));
  tell("--offers", required("[data-offers]"));
}

function tell(name: string, over: HTMLElement): void {
  const measure = (): void =>
    document.documentElement.style.setProperty(name, `${over.offsetHeight}px`);
  new ResizeObserver(measure).observe(over);
}
