import { beforeEach, expect, test } from "vitest";
import { type Act, DONE, UndoStack } from "./undo-stack";

const said: string[] = [];
let done: string[];
let stack: UndoStack;

const act = (words: string, changes: Partial<Act> = {}): Act => ({
  words,
  undo: async () => {
    done.push(`undo ${words}`);
    return DONE;
  },
  redo: async () => {
    done.push(`redo ${words}`);
    return DONE;
  },
  ...changes,
});

beforeEach(() => {
  said.length = 0;
  done = [];
  stack = new UndoStack((words) => said.push(words));
});

test("acts are taken back from the last one on, and done again in their order", async () => {
  stack.note(act("文"));
  stack.note(act("発言者"));
  for (const step of ["undo", "undo", "redo", "redo"] as const) await stack[step]();
  expect(done).toEqual(["undo 発言者", "undo 文", "redo 文", "redo 発言者"]);
  expect(said).toContain("元に戻しました：発言者");
});

test("after a new act what was taken back is gone", async () => {
  stack.note(act("文"));
  await stack.undo();
  stack.note(act("発言者"));
  await stack.redo();
  expect(done).toEqual(["undo 文"]);
});

test("what cannot be taken back any more says why, and is gone", async () => {
  stack.note(act("文", { undo: async () => ({ refused: "変わったため" }) }));
  await stack.undo();
  await stack.undo();
  expect(said).toEqual(["変わったため", "この画面で戻せる操作はもうありません。"]);
});

test("what fails on its way can be tried again", async () => {
  let tries = 0;
  const undo = async () => {
    if (++tries === 1) throw new Error("つながりません");
    return DONE;
  };
  stack.note(act("文", { undo }));
  await stack.undo();
  await stack.undo();
  expect(said).toEqual(["つながりません", "元に戻しました：文"]);
});

test("what taking back does is no act of its own", async () => {
  const undo = async () => {
    stack.note(act("ほか"));
    return DONE;
  };
  stack.note(act("文", { undo }));
  await stack.undo();
  await stack.undo();
  expect(said.at(-1)).toBe("この画面で戻せる操作はもうありません。");
});
