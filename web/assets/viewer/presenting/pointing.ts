/** 指す: the presenter points at a place of the page, and everybody sees the spot. */

import { button } from "../../base/elements";
import type { Writing } from "../memos/writing";
import type { Reader } from "../reading/reader";
import type { Pointer } from "./live-connection";
import type { Presenter } from "./presenter";

export class Pointing {
  readonly press = button("指す", () => this.toggle(), "", "指し示す");
  isOn = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly reader: Reader,
    private readonly presenter: Presenter,
    private readonly writing: Writing,
  ) {
    writing.turning.listen(() => this.end());
    for (const kind of ["pointermove", "pointerdown"] as const)
      reader.stage.addEventListener(kind, (event) => this.point(event));
  }

  end(): void {
    if (this.isOn) this.toggle();
  }

  /** The spot of another presenter. */
  show(pointer: Pointer): void {
    const { place, sheet } = this.reader;
    if (place?.document.version_id !== pointer.version_id || place.page !== pointer.page) return;
    sheet.showPointer(pointer.x, pointer.y, pointer.is_shown);
  }

  private toggle(): void {
    if (this.writing.isOn) this.writing.turn(false);
    this.isOn = !this.isOn;
    this.press.setAttribute("aria-pressed", String(this.isOn));
    this.reader.isHeld = this.isOn;
    this.root.classList.toggle("is-pointing", this.isOn);
    const { place, sheet } = this.reader;
    if (this.isOn || !place) return;
    this.presenter.point(place.document.version_id, place.page, null);
    sheet.showPointer(0, 0, false);
  }

  private point(event: PointerEvent): void {
    const { place, sheet } = this.reader;
    if (!this.isOn || !place) return;
    const point = sheet.pointAt(event.clientX, event.clientY);
    const at = { x: point.x / sheet.size.width, y: point.y / sheet.size.height };
    if (at.x < 0 || at.y < 0 || at.x > 1 || at.y > 1) return;
    sheet.showPointer(at.x, at.y, true);
    this.presenter.point(place.document.version_id, place.page, at);
  }
}
