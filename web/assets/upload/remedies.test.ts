import { expect, test } from "vitest";
import { answerOf, pauseAfter, remedyOf } from "./remedies";

test.each([
  [0, "reconnect"],
  [401, "sign-in"],
  [403, "sign-in"],
  [404, "begin-again"],
  [410, "begin-again"],
  [409, "reconnect"],
  [423, "reconnect"],
  [460, "reconnect"],
  [413, "stop"],
  [422, "stop"],
  [500, "reconnect"],
  [503, "reconnect"],
  [507, "stop"],
])("after %i the way on is to %s", (status, remedy) => {
  expect(remedyOf(status, false)).toBe(remedy);
});

test("a page that was open too long renews its token by itself, other nonsense stops", () => {
  expect(remedyOf(400, true)).toBe("reconnect");
  expect(remedyOf(400, false)).toBe("stop");
});

test("the first try comes soon, each further one after twice as long", () => {
  expect([1, 2, 3, 4].map(pauseAfter)).toEqual([500, 1000, 2000, 4000]);
});

test("the server's sentence is told; a proxy's page is not", () => {
  expect(answerOf('{"message": "大きすぎます。"}').message).toBe("大きすぎます。");
  expect(answerOf("<html>").message).toBe("送信できませんでした。もう一度お試しください。");
  expect(answerOf(undefined).is_token_expired).toBe(false);
});
