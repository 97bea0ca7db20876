/** Keys that leaf and enlarge, as long as nobody types and the key is not a button's own. */

import type { Reader } from "./reader";

export function listenToKeys(reader: Reader, isElsewhere: () => boolean): void {
  addEventListener("keydown", (event) => {
    const { target } = event;
    const isTyping = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (isTyping || isElsewhere() || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement;
    if (event.key === " " && isButton) return;
    const act = actOf(event.key, event.shiftKey);
    if (!act) return;
    event.preventDefault();
    act(reader);
  });
}

/** What a key means; nothing, of most. */
export function actOf(key: string, isShifted: boolean): ((reader: Reader) => void) | undefined {
  const acts: Record<string, (reader: Reader) => void> = {
    ArrowRight: (reader) => reader.turn(1),
    PageDown: (reader) => reader.turn(1),
    ArrowLeft: (reader) => reader.turn(-1),
    PageUp: (reader) => reader.turn(-1),
    Home: (reader) => reader.goTo(1),
    End: (reader) => reader.goTo(reader.count),
    "+": (reader) => reader.zoom(1),
    "-": (reader) => reader.zoom(-1),
    " ": (reader) => reader.turn(isShifted ? -1 : 1),
  };
  return Object.hasOwn(acts, key) ? acts[key] : undefined;
}
