import { afterEach, expect, test, vi } from "vitest";
import { Checksums, header, hex, sha256 } from "./checksum";

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

afterEach(() => vi.unstubAllGlobals());

test("the sum is SHA-256", async () => {
  expect(hex(await sha256(new Blob(["abc"])))).toBe(ABC);
});

test("without the browser's own the sum is the same", async () => {
  vi.stubGlobal("crypto", {});
  expect(hex(await sha256(new Blob(["abc"])))).toBe(ABC);
});

test("the header names the kind and has the sum in Base64", () => {
  expect(header(new Uint8Array([0, 255]))).toBe("sha256 AP8=");
});

test("a piece has the sum of its own bytes, prepared or not", async () => {
  const sums = new Checksums(new File(["xxabcyy"], "a.wav"), 3);
  sums.prepare(2);
  expect(hex(await sums.of(2))).toBe(ABC);
  expect(hex(await sums.of(2))).toBe(ABC);
  sums.prepare(0);
  expect(hex(await sums.of(2))).toBe(ABC);
});
