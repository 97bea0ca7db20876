import { beforeEach, expect, test, vi } from "vitest";

const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();
let http: typeof import("./http");

beforeEach(async () => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("location", { pathname: "/today" });
  vi.stubGlobal("document", {
    querySelector: (selector: string) =>
      selector.startsWith("meta") ? { content: "old" } : { dataset: { person: "7" } },
  });
  vi.stubGlobal(
    "DOMParser",
    class {
      parseFromString = () => ({ querySelector: () => ({ getAttribute: () => "new" }) });
    },
  );
  vi.resetModules();
  http = await import("./http");
});

const answer = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const headersOf = (call: number) => fetched.mock.calls[call]![1].headers as Record<string, string>;

test("every question says whose page it is", async () => {
  fetched.mockResolvedValue(answer(200, {}));
  await http.request("GET", "/api/me");
  expect(headersOf(0)).toMatchObject({ "X-Gijido-Person": "7", "X-CSRFToken": "old" });
});

test("a token that has expired is renewed once, and the question asked again", async () => {
  fetched.mockResolvedValueOnce(answer(400, { is_token_expired: true }));
  fetched.mockResolvedValueOnce(new Response("<html>"));
  fetched.mockResolvedValueOnce(answer(200, { id: 3 }));
  expect(await http.request("PUT", "/api/memos/3", {})).toEqual({ id: 3 });
  expect(headersOf(2)["X-CSRFToken"]).toBe("new");
});

test("what a busy server had no time for is asked again", async () => {
  fetched.mockResolvedValueOnce(answer(503, {}, { "Retry-After": "0.001" }));
  fetched.mockResolvedValueOnce(answer(200, { id: 3 }));
  expect(await http.request("GET", "/api/memos/3")).toEqual({ id: 3 });
});

test("a refusal has the server's sentence, and what somebody else wrote", async () => {
  const body = { message: "ほかの人が直しました。", theirs: "別の文", revision: 4 };
  fetched.mockResolvedValue(answer(409, body));
  const refusal = await http.request("PUT", "/api/segments/1/text", {}).catch((one) => one);
  expect(refusal).toMatchObject({ status: 409, ...body, isPassing: false });
});

test("without a network the refusal is a passing one that is not the server's", async () => {
  fetched.mockRejectedValue(new TypeError("network"));
  const refusal = await http.request("GET", "/api/me").catch((one) => one);
  expect(refusal).toMatchObject({ status: 0, isPassing: true, isUnreachable: true });
  expect(http.sentenceOf(refusal, "通信が切れています。")).toBe("通信が切れています。");
});

test("another person's sign-in is passing: it waits for the one whose page it is", async () => {
  fetched.mockResolvedValue(answer(403, { message: "別の人です。" }));
  const refusal = await http.request("POST", "/api/pages/1/memos", {}).catch((one) => one);
  expect(refusal).toMatchObject({ isOfSignIn: true, isPassing: true });
});

test("only what is small is kept alive while the page closes", async () => {
  fetched.mockImplementation(async () => answer(200, {}));
  await http.request("PUT", "/api/x", { text: "短い" });
  await http.request("PUT", "/api/x", { text: "長".repeat(5000) });
  expect(fetched.mock.calls.map(([, init]) => init.keepalive)).toEqual([true, false]);
});
