/** A text with its differences: underlined in red, what stood there before on pointing. */

import type { Mark } from "./server";
import { make } from "./words";

/** `before`: what the other text is called. */
export function marked(mark: Mark, before = "聞き取り"): Node {
  if (!mark.is_corrected) return document.createTextNode(mark.text);
  const title = mark.heard ? `${before}：${mark.heard}` : `${before}になかった字`;
  return mark.text
    ? make("ins", { class: "corrected", title }, mark.text)
    : make("del", { class: "corrected", title: `${before}から除いた字` }, mark.heard);
}
