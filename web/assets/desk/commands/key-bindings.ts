/**
 * Keys that neither a Japanese input method nor a browser wants: nothing happens while a
 * conversion is open, and moving by word (Ctrl+←) stays with the text field. Each can be another
 * one, as a foot pedal sends it; that is kept in this browser.
 */

import { remember, rememberedObject } from "../remembered";

export interface Action {
  name: string;
  words: string;
  /** As `pressed` names it; the first one is shown. */
  keys: string[];
  run(): void;
}

const FORM_FIELDS = "select, input:not([type=range], [type=checkbox]), dialog *, summary";
const WRITTEN_IN = "textarea, input, select, dialog *";
const STORED = "gijido:keys";
const MODIFIERS = ["Control", "Shift", "Alt", "Meta"];
const SHOWN: Record<string, string> = {
  " ": "スペース",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
};

export class KeyBindings {
  actions: readonly Action[] = [];
  private readonly own: Record<string, string> = stored();

  /** From now on a press does what it means. */
  listen(actions: readonly Action[]): void {
    this.actions = actions;
    document.addEventListener("keydown", (event) => {
      const action = this.actionOf(event);
      if (!action) return;
      event.preventDefault();
      action.run();
    });
  }

  keysOf(action: Action): string[] {
    const own = this.own[action.name];
    return own ? [own] : action.keys;
  }

  /** For people: 「Ctrl+Z」. */
  shownOf(name: string): string {
    const action = this.actions.find((one) => one.name === name);
    return action ? shown(this.keysOf(action)[0]!) : "";
  }

  /** Returns whose key it is already, else null. */
  change(action: Action, key: string): Action | null {
    const other = this.actions.find((one) => one !== action && this.keysOf(one).includes(key));
    if (other) return other;
    this.own[action.name] = key;
    remember(STORED, JSON.stringify(this.own));
    return null;
  }

  reset(): void {
    for (const name of Object.keys(this.own)) delete this.own[name];
    remember(STORED, JSON.stringify(this.own));
  }

  /** What a press means; nothing while an input method converts, and where the key belongs to the
   * field itself. */
  private actionOf(event: KeyboardEvent): Action | null {
    if (event.isComposing || event.keyCode === 229 || event.metaKey) return null;
    const key = pressed(event);
    const place = event.target instanceof Element ? event.target : document.body;
    // Escape closes lists and boxes first, and letters are written.
    if (key === "Escape" && place.matches(FORM_FIELDS)) return null;
    if (key.length === 1 && place.matches(WRITTEN_IN)) return null;
    return this.actions.find((action) => this.keysOf(action).includes(key)) ?? null;
  }
}

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey">;

/** The key with what is held down, as 「Control+Enter」; empty for a modifier alone. */
export function pressed(event: Press): string {
  if (MODIFIERS.includes(event.key)) return "";
  const key =
    event.code === "Space" ? " " : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // What Shift makes of a key is that key already: 「?」.
  const isShifted = event.shiftKey && (key.length > 1 || /[a-z ]/.test(key));
  const held = [event.ctrlKey && "Control", event.altKey && "Alt", isShifted && "Shift"];
  return [...held.filter(Boolean), key].join("+");
}

/** For people: Ctrl+Enter, Esc. */
export function shown(key: string): string {
  return key
    .split("+")
    .map(
      (part) =>
        SHOWN[part] ??
        (part === "Control" ? "Ctrl" : part.length === 1 ? part.toUpperCase() : part),
    )
    .join("+");
}

function stored(): Record<string, string> {
  const pairs = Object.entries(rememberedObject(STORED));
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}
