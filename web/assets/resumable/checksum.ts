/** SHA-256 of pieces. Browsers give theirs only to pages that came over TLS (or from localhost);
 * an intranet without it gets one in JavaScript, which still is faster than its network. */

import { sha256 as inScript } from "@noble/hashes/sha2.js";

export async function sha256(piece: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await piece.arrayBuffer());
  return digest(bytes);
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (!crypto.subtle) return inScript(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** As the header `Upload-Checksum` wants it. */
export const header = (sum: Uint8Array) => `sha256 ${btoa(String.fromCharCode(...sum))}`;

/** The sums of a file's pieces, each one worked out while the piece before it is on its way. */
export class Checksums {
  private ahead: { start: number; sum: Promise<Uint8Array> } | null = null;

  constructor(
    private readonly file: File,
    private readonly pieceBytes: number,
  ) {}

  /** Of the piece that begins at `start`. Rejects when the file cannot be read any more. */
  of(start: number): Promise<Uint8Array> {
    const sum = this.ahead?.start === start ? this.ahead.sum : this.compute(start);
    this.ahead = null;
    return sum;
  }

  prepare(start: number): void {
    if (start >= this.file.size) return;
    const sum = this.compute(start);
    sum.catch(() => undefined); // told when the piece's turn comes
    this.ahead = { start, sum };
  }

  private compute(start: number): Promise<Uint8Array> {
    return sha256(this.file.slice(start, start + this.pieceBytes));
  }
}
