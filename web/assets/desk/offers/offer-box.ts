/** A box above the player in which something is offered for the line just left. It covers neither
 * the bar nor the line in which the hands are, closes with Escape, and gives the hands back to that
 * line. */

import type { SegmentList } from "../segments/segment-list";
import type { SegmentModel } from "../segments/segment-model";

const GAP = 8;

export class OfferBox {
  /** Where the hands were before they came to the box. */
  private from: SegmentModel | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly list: SegmentList,
  ) {
    element.addEventListener("focusin", (event) => this.came(event.relatedTarget));
    // Before the keys of the desk: the first press closes the box, the next one stops the sound.
    document.addEventListener("keydown", (event) => this.pressed(event), { capture: true });
    new ResizeObserver(() => {
      if (this.isOpen) list.uncoverHeld(element.getBoundingClientRect().top - GAP);
    }).observe(element);
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  /** `line`: where the hands go afterwards when they came from nowhere. */
  show(line: SegmentModel, ...children: Node[]): void {
    const { hasFocus } = this;
    if (!hasFocus) this.from = line;
    this.element.replaceChildren(...children);
    this.element.hidden = false;
    if (hasFocus) this.focus();
  }

  /** With the keyboard: the box's first button. */
  focus(): void {
    this.element.querySelector<HTMLElement>("button")?.focus();
  }

  close(): void {
    const { hasFocus, from } = this;
    this.element.hidden = true;
    this.element.replaceChildren();
    if (hasFocus && from && this.list.placeOf(from) >= 0) this.list.open(from);
  }

  private came(before: EventTarget | null): void {
    if (before instanceof Element && !this.element.contains(before))
      this.from = this.list.lineOf(before) ?? this.from;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.isOpen || event.isComposing) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
}
