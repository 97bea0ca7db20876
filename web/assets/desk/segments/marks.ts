/** A text with its differences: underlined in red, what stood there before on pointing. */

import { make } from "../../base/elements";
import type { Mark } from "../server";

/** `before`: what the other text is called. */
export function marked(mark: Mark, before = "もとの文"): Node {
  if (mark.is_annotation)
    return make(
      "span",
      { class: "annotation", title: "注記（だれも言っていない言葉）" },
      mark.text,
    );
  if (!mark.is_corrected) return document.createTextNode(mark.text);
  const title = mark.heard ? `${before}：${mark.heard}` : `${before}になかった字`;
  return mark.text
    ? make("ins", { class: "corrected", title }, mark.text)
    : make("del", { class: "corrected", title: `${before}から除いた字` }, mark.heard);
}

/** The same with both in sight: what stood there, crossed out, and then what stands there. */
export function bothMarked(mark: Mark, before: string): Node[] {
  if (!mark.is_corrected || !mark.heard || !mark.text) return [marked(mark, before)];
  return [marked({ ...mark, text: "" }, before), marked({ ...mark, heard: "" }, before)];
}
