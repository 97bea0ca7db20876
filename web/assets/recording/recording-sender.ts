/** Brings the pieces of one recording to the server, in their order, for as long as it takes. */

import { Refusal, request, send } from "../base/http";
import { renewToken } from "../base/signed-in";
import { header, sha256 } from "../resumable/checksum";
import { patience, type Upload, untilSignedIn, urlOf, VERSION } from "../resumable/server";
import { headOf, lastStart } from "./container";
import {
  drop,
  dropPieces,
  type Kept,
  keep,
  keepPiece,
  type Piece,
  pieces,
  replace,
} from "./pieces";
import { renumbered, together } from "./rest";

export interface Told {
  /** So many seconds of the recording are on the server. */
  saved(seconds: number): void;
  /** In words; empty when all is well. */
  state(words: string, isSignedOut?: boolean): void;
}

export type Outcome = "sent" | "stopped" | "gone";

/** Refusals whose own sentence tells more than that the server is out of reach. */
const STATED = new Set([413, 422, 507]);
const MOST_BYTES = 4_000_000;
const MOST_PIECES = 200;
const RETRY_MS = 3000;
const IDLE_MS = 10_000;
const PATIENCE_MS = 60_000;
/** Pieces that stay after they are on the server, so that a rest can begin where it is readable. */
const KEPT_BEHIND = 12;
const AWAY =
  "サーバーにつながりません。録音は続いていて、この端末に残してあります。つながると自動で送ります。";
const SIGNED_OUT =
  "サインインが切れました。録音は続いています。サインインし直すと続きから送ります。";
const SOMEBODY_ELSE =
  "録音を始めた人がサインインすると、続きを送ります。録音は続いていて、この端末に残してあります。";
const ELSEWHERE =
  "ここまでの録音はサーバーで受け付けられたため、続きを別の録音として送っています。";

export class RecordingSender {
  private nextNumber = 0;
  private nextStart = 0;
  private offset: number | null = null;
  private standing = "";
  private wake: () => void = () => undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private kept: Kept,
    private readonly told: Told,
  ) {}

  /** In the browser's database when this is done; the sending goes on beside it. */
  append(content: ArrayBuffer, seconds: number): Promise<unknown> {
    const written = this.writing.then(async () => {
      this.kept.head ??= headOf(new Uint8Array(content));
      if (this.nextNumber === 0) await keep(this.kept);
      await keepPiece({
        recording: this.kept.id,
        number: this.nextNumber,
        start: this.nextStart,
        content,
        seconds,
      });
      this.nextNumber += 1;
      this.nextStart += content.byteLength;
      this.wake();
    });
    this.writing = written.catch(() => undefined);
    return written;
  }

  /** Nothing more will be appended. */
  async finish(): Promise<void> {
    await this.writing;
    this.kept.isEnded = true;
    await keep(this.kept);
    this.wake();
  }

  /** Until all of it is sent. `isLeft`: nobody records it any more, and only what is left in this
   * browser has to be sent; if it had not been ended, it then is `stopped`. */
  async run(isLeft = false): Promise<Outcome> {
    for (;;) {
      try {
        const outcome = await this.step(isLeft);
        if (outcome) return outcome;
      } catch (problem) {
        this.offset = null;
        await this.wait(problem);
      }
    }
  }

  private async step(isLeft: boolean): Promise<Outcome | null> {
    if (!this.kept.upload) await this.create();
    if (this.offset === null) {
      const place = await this.look(isLeft);
      if (place === "ended" && (this.kept.isEnded || isLeft)) return this.forget();
      if (place === "ended") await this.more();
      if (place !== "open") return place === "gone" ? "gone" : null;
    }
    const waiting = await pieces(this.kept.id, MOST_PIECES);
    const batch = waiting.filter((piece) => piece.start + piece.content.byteLength > this.offset!);
    if (batch.length) await this.send(waiting, batch);
    else if (this.kept.isEnded) return this.close();
    else if (isLeft) return "stopped";
    else await this.more();
    return null;
  }

  private async create(): Promise<void> {
    const ago = Math.max(0, (Date.now() - this.kept.began) / 1000);
    const metadata = { filename: this.kept.fileName, began_seconds_ago: ago.toFixed(1) };
    const encoded = Object.entries(metadata)
      .map(([key, value]) => `${key} ${base64(value)}`)
      .join(",");
    const answer = await this.ask("POST", this.kept.uploadsUrl, {
      "Upload-Defer-Length": "1",
      "Upload-Metadata": encoded,
    });
    this.kept.upload = ((await answer.json()) as Upload).key;
    await keep(this.kept);
    this.offset = 0;
  }

  /** Where the upload stands: `open` for more, `ended` with everything that there is, or `moved`:
   * it ended before, and the rest goes on elsewhere. */
  private async look(isLeft: boolean): Promise<"open" | "ended" | "moved" | "gone"> {
    const upload = await this.asked();
    if (upload?.state === "receiving") {
      this.offset = upload.received_bytes;
      return "open";
    }
    if (!upload && isLeft) return "gone";
    await this.writing;
    const left = await pieces(this.kept.id);
    const last = left[left.length - 1];
    const taken = upload?.received_bytes ?? left[0]?.start ?? 0;
    if (!last || last.start + last.content.byteLength <= taken) return "ended";
    await this.goOnElsewhere(taken);
    return "moved";
  }

  /** Null: it was withdrawn. */
  private async asked(): Promise<Upload | null> {
    try {
      return await request<Upload>("GET", urlOf(this.kept.upload!));
    } catch (problem) {
      if (problem instanceof Refusal && problem.status === 404) return null;
      throw problem;
    }
  }

  private async send(waiting: Piece[], batch: Piece[]): Promise<void> {
    const { parts, last } = together(batch, this.offset!, MOST_BYTES);
    this.offset = await this.patch(new Blob(parts), {});
    this.told.saved(last.seconds);
    this.told.state(this.standing);
    const behind = waiting.filter((piece) => piece.number <= last.number).slice(0, -KEPT_BEHIND);
    if (behind.length) await dropPieces(this.kept.id, behind[behind.length - 1]!.number + 1);
  }

  private async close(): Promise<Outcome> {
    await this.patch(new Blob(), { "Upload-Length": String(this.offset) });
    return this.forget();
  }

  private async forget(): Promise<Outcome> {
    await drop(this.kept.id);
    return "sent";
  }

  private async patch(body: Blob, more: Record<string, string>): Promise<number> {
    const answer = await this.ask(
      "PATCH",
      urlOf(this.kept.upload!),
      {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(this.offset),
        "Upload-Checksum": header(await sha256(body)),
        ...more,
      },
      body,
    );
    return Number(answer.headers.get("Upload-Offset"));
  }

  /** The upload was ended from elsewhere while sound still came. The rest becomes a recording of
   * its own, from the last place before it that can be read by itself. */
  private async goOnElsewhere(taken: number): Promise<void> {
    this.writing = this.writing.then(async () => {
      const left = await pieces(this.kept.id);
      const bytes = new Uint8Array(
        await new Blob(left.map((piece) => piece.content)).arrayBuffer(),
      );
      const head = this.kept.head ?? new ArrayBuffer(0);
      const base = left[0]!.start;
      const from = lastStart(head, bytes, taken - base) ?? Math.max(0, taken - base);
      const before = left
        .filter((piece) => piece.start - base + piece.content.byteLength <= from)
        .pop();
      const old = this.kept.id;
      this.kept = {
        ...this.kept,
        id: crypto.randomUUID(),
        upload: null,
        began: this.kept.began + 1000 * (before?.seconds ?? 0),
        fileName: `続き_${this.kept.fileName}`,
      };
      const rest = renumbered(this.kept.id, head, left, from + base);
      await replace(old, this.kept, rest);
      const last = rest[rest.length - 1]!;
      [this.nextNumber, this.nextStart] = [last.number + 1, last.start + last.content.byteLength];
    });
    await this.writing;
    this.offset = null;
    this.standing = ELSEWHERE;
    this.told.state(this.standing);
    await this.create();
  }

  private async ask(
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: Blob,
  ): Promise<Response> {
    const answer = await send(method, url, {
      body: body ?? null,
      headers: { ...VERSION, ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.ok) return answer;
    const told = (await answer.json().catch(() => ({}))) as { message?: string };
    throw new Refusal(answer.status, told.message ?? AWAY);
  }

  private async wait(problem: unknown): Promise<void> {
    const status = problem instanceof Refusal ? problem.status : 0;
    if (status === 401) {
      this.told.state(SIGNED_OUT, true);
      await untilSignedIn();
    } else {
      this.told.state(
        status === 404 ? SOMEBODY_ELSE : STATED.has(status) ? (problem as Error).message : AWAY,
      );
      await patience(RETRY_MS);
    }
    await renewToken().catch(() => undefined);
  }

  /** The key of the upload that is being filled now. */
  get upload(): string | null {
    return this.kept.upload;
  }

  private more(): Promise<void> {
    return new Promise((wake) => {
      const timer = setTimeout(wake, IDLE_MS);
      this.wake = () => {
        clearTimeout(timer);
        wake();
      };
    });
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
