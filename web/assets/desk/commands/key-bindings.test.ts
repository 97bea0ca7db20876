import { beforeEach, expect, test, vi } from "vitest";
import { type Action, KeyBindings, pressed, shown } from "./key-bindings";

class Place {
  constructor(private readonly kind: string) {}
  matches(selector: string): boolean {
    return selector.split(", ").some((part) => part.split(":")[0] === this.kind);
  }
}

const stored = new Map<string, string>();
const ran: string[] = [];
let press: (event: object) => void;
let keys: KeyBindings;

const action = (name: string, ...of: string[]): Action => ({
  name,
  words: name,
  keys: of,
  run: () => ran.push(name),
});
const event = (key: string, more: object = {}) => ({
  key,
  code: "",
  keyCode: 0,
  isComposing: false,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  target: new Place("body"),
  preventDefault: () => undefined,
  ...more,
});
const toggle = action("toggle", "Escape", "Control+ ");
const confirm = action("confirm", "Control+Enter");
const help = action("help", "F1", "?");

beforeEach(() => {
  stored.clear();
  ran.length = 0;
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  vi.stubGlobal("Element", Place);
  vi.stubGlobal("document", {
    addEventListener: (_: string, listener: typeof press) => (press = listener),
  });
  keys = new KeyBindings();
  keys.listen([toggle, confirm, help]);
});

test("a press does what its key means", () => {
  press(event("Enter", { ctrlKey: true }));
  press(event(" ", { code: "Space", ctrlKey: true }));
  press(event("F1"));
  press(event("Enter"));
  expect(ran).toEqual(["confirm", "toggle", "help"]);
});

test("nothing happens while an input method converts, nor with the key of the system", () => {
  press(event("Enter", { ctrlKey: true, isComposing: true }));
  press(event("Enter", { ctrlKey: true, keyCode: 229 }));
  press(event("Enter", { ctrlKey: true, metaKey: true }));
  expect(ran).toEqual([]);
});

test("letters are written where somebody writes, and mean something elsewhere", () => {
  press(event("?", { shiftKey: true, target: new Place("textarea") }));
  expect(ran).toEqual([]);
  press(event("?", { shiftKey: true }));
  expect(ran).toEqual(["help"]);
});

test("Escape first closes the list of a field, and in a text it stops the sound", () => {
  press(event("Escape", { target: new Place("select") }));
  expect(ran).toEqual([]);
  press(event("Escape", { target: new Place("textarea") }));
  expect(ran).toEqual(["toggle"]);
});

test("a key of one's own is instead of the others, and is there the next time", () => {
  expect(keys.change(confirm, "F13")).toBeNull();
  press(event("Enter", { ctrlKey: true }));
  expect(ran).toEqual([]);
  press(event("F13"));
  expect(ran).toEqual(["confirm"]);
  expect(new KeyBindings().keysOf(confirm)).toEqual(["F13"]);
});

test("a key that means something already is not taken", () => {
  expect(keys.change(confirm, "F1")).toBe(help);
  expect(keys.keysOf(confirm)).toEqual(["Control+Enter"]);
});

test("after a reset every key is as it was at first", () => {
  keys.change(confirm, "F13");
  keys.reset();
  expect(keys.keysOf(confirm)).toEqual(["Control+Enter"]);
  expect(new KeyBindings().keysOf(confirm)).toEqual(["Control+Enter"]);
});

test("what is stored and is no key is passed over", () => {
  stored.set("gijido:keys", JSON.stringify({ confirm: 3, help: "F9" }));
  const read = new KeyBindings();
  expect(read.keysOf(confirm)).toEqual(["Control+Enter"]);
  expect(read.keysOf(help)).toEqual(["F9"]);
});

test("a key is named with what is held down, a letter by itself in whichever case", () => {
  expect(pressed(event("K", { altKey: true, shiftKey: true }))).toBe("Alt+Shift+k");
  expect(pressed(event("ArrowUp", { ctrlKey: true }))).toBe("Control+ArrowUp");
  expect(pressed(event("Shift", { shiftKey: true }))).toBe("");
});

test("what Shift makes of a key is that key already", () => {
  expect(pressed(event("?", { shiftKey: true }))).toBe("?");
});

test("keys are shown as people call them", () => {
  expect(shown("Control+z")).toBe("Ctrl+Z");
  expect(shown("Control+ArrowUp")).toBe("Ctrl+↑");
  expect(shown("Control+ ")).toBe("Ctrl+スペース");
  expect(keys.shownOf("confirm")).toBe("Ctrl+Enter");
});
