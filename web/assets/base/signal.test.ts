import { expect, test } from "vitest";
import { Signal } from "./signal";

test("all who listen are told the same, in the order in which they came", () => {
  const heard: string[] = [];
  const signal = new Signal<[string]>();
  signal.listen((word) => heard.push(`first ${word}`));
  signal.listen((word) => heard.push(`second ${word}`));
  signal.send("one");
  expect(heard).toEqual(["first one", "second one"]);
});
