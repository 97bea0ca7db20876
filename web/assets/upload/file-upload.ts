/** One file on its way to the server. It goes on after a cut network, a restarted server, a lost
 * sign-in, and, when the same file is chosen again, after the page was closed. */

import { type DetailedError, type HttpRequest, Upload as TusUpload } from "tus-js-client";
import { ask } from "../base/dialog";
import { Refusal, request } from "../base/http";
import { headersOfPage, renewToken } from "../base/signed-in";
import { Checksums, header, hex, sha256 } from "../resumable/checksum";
import { stay } from "../resumable/idle";
import { patience, sleep, type Upload, untilSignedIn, urlOf } from "../resumable/server";
import { answerOf, pauseAfter, remedyOf } from "./remedies";
import { UploadRow } from "./upload-row";

export interface Place {
  uploadsUrl: string;
  signInUrl: string;
  person: number;
}

type End = "accepted" | "refused" | "withdrawn" | "failed";

const PIECE_BYTES = 8_000_000;
const STALLED_MS = 45_000;
const WATCH_MS = 5000;
const LONGEST_PAUSE_MS = 10_000;
const FOLLOW_MS = 1500;
const SENDING = "送信しています。";
const RECONNECTING =
  "通信が切れました。再接続しています…　送り終えたところまではサーバーに保存済みです。";
const SIGNED_OUT = "サインインが切れました。サインインし直すと続きから送ります。";
const GONE =
  "この送信はサーバーに残っていません（取りやめられたか、期限が過ぎました）。もう一度はじめから送ってください。";
const UNREADABLE =
  "ファイルを読めなくなりました。USBメモリーなどが外れていないか確かめて、同じファイルをもう一度選んでください。続きから送ります。";
const UNREADABLE_NAMES = ["NotReadableError", "NotFoundError"];
const WITHDRAW = "この送信を取りやめますか。届いたところまでの録音はサーバーから消えます。";
const CHECKING = "送信が終わりました。音声を確かめています…　この画面を閉じても受け付けられます。";
const ACCEPTED = "受け付けました。文字起こしを始めます。";

export class FileUpload {
  readonly row: UploadRow;
  private readonly upload: TusUpload;
  private readonly sums: Checksums;
  private key: string | null = null;
  private failures = 0;
  private movedAt = 0;
  private movedFrom: number | null = null;
  private isRunning = false;
  private isTold = false;
  private turn = 0;
  private readonly release = stay();
  private end!: (how: End) => void;
  private readonly ended: Promise<End>;

  constructor(
    private readonly file: File,
    private readonly place: Place,
  ) {
    this.row = new UploadRow(file);
    this.sums = new Checksums(file, PIECE_BYTES);
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.upload = new TusUpload(file, {
      endpoint: place.uploadsUrl,
      chunkSize: PIECE_BYTES,
      retryDelays: null, // what to do about an error is decided here
      storeFingerprintForResuming: false, // the server knows what is unfinished
      metadata: { filename: file.name },
      onUploadUrlAvailable: () => this.begun(),
      onBeforeRequest: (request) => this.prepare(request),
      onProgress: (sent) => this.moved(sent),
      onChunkComplete: () => (this.failures = 0),
      onSuccess: () => void this.follow(),
      onError: (error) => void this.recover(error as DetailedError),
    });
  }

  /** Instead of `run`, for a file that need not be sent at all. */
  refuse(words: string): void {
    this.row.hideProgress();
    this.row.say(words, "error");
    this.release();
  }

  /** Until it is accepted, refused or withdrawn. */
  async run(): Promise<End> {
    const watch = setInterval(() => this.restartIfStalled(), WATCH_MS);
    const begun = await this.find();
    if (begun) this.upload.url = new URL(urlOf(begun.key), location.href).href;
    this.resume();
    const how = await this.ended;
    clearInterval(watch);
    this.isRunning = false;
    this.row.offer();
    this.release();
    return how;
  }

  /** What the server has of this file already: it must be asked, however long it takes. */
  private async find(): Promise<Upload | null> {
    for (;;) {
      try {
        return await unfinished(this.file, this.place);
      } catch (problem) {
        if (problem instanceof Refusal && problem.isOfSignIn) await this.signedIn();
        else if (problem instanceof Refusal && problem.isPassing) {
          this.row.say(RECONNECTING, "waiting");
          await patience(LONGEST_PAUSE_MS);
        } else return null;
      }
    }
  }

  private resume(): void {
    this.turn += 1;
    this.row.say(SENDING);
    this.offerToStop();
    this.go();
  }

  /** Not while the server is being asked for an upload: it would remain there, and empty. */
  private offerToStop(): void {
    if (this.key)
      this.row.offer({ words: "一時停止", press: () => this.pause() }, this.withdrawal());
    else this.row.offer();
  }

  private go(): void {
    this.isRunning = true;
    this.movedFrom = null;
    this.movedAt = performance.now();
    this.upload.start();
  }

  private pause(): void {
    this.turn += 1;
    this.isRunning = false;
    void this.upload.abort();
    this.row.say("一時停止しています。送り終えたところまではサーバーに保存済みです。", "waiting");
    this.row.offer(
      { words: "続ける", press: () => this.resume(), isMain: true },
      this.withdrawal(),
    );
  }

  private withdrawal() {
    return {
      words: "取りやめ",
      press: () => ask(WITHDRAW, "取りやめる", () => void this.withdraw()),
    };
  }

  private async withdraw(): Promise<void> {
    this.turn += 1;
    this.isRunning = false;
    await this.upload.abort();
    try {
      if (this.key) await request("DELETE", urlOf(this.key));
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.status !== 404)
        return this.stop((problem as Error).message);
    }
    this.row.say("送信を取りやめました。");
    this.row.hideProgress();
    this.end("withdrawn");
  }

  /** From now on the URL is known: without an endpoint, the library never begins from the start by
   * itself, as it would where the sign-in has run out. */
  private begun(): void {
    this.upload.options.endpoint = null;
    const key = (this.upload.url ?? "").split("/").pop() ?? null;
    if (key === this.key) return;
    this.key = key;
    this.offerToStop();
    document.querySelector(`[data-arriving] [data-arriving-upload="${this.key}"]`)?.remove();
    this.row.element.dataset.arrivingUpload = this.key ?? "";
    this.row.element.dataset.own = "";
  }

  private async prepare(request: HttpRequest): Promise<void> {
    for (const [name, value] of Object.entries(headersOfPage())) request.setHeader(name, value);
    if (request.getMethod() !== "PATCH") return;
    const start = Number(request.getHeader("Upload-Offset"));
    request.setHeader("Upload-Checksum", header(await this.sums.of(start)));
    setTimeout(() => this.sums.prepare(start + PIECE_BYTES));
  }

  private moved(sent: number): void {
    this.movedAt = performance.now();
    this.movedFrom ??= sent;
    if (this.isTold && sent > this.movedFrom) {
      this.isTold = false;
      this.row.say(SENDING);
    }
    this.row.progress(sent);
  }

  /** A network that is gone without a word is left after a while. */
  private restartIfStalled(): void {
    if (!this.isRunning || performance.now() - this.movedAt < STALLED_MS) return;
    void this.upload.abort();
    void this.reconnect();
  }

  private async recover(error: DetailedError): Promise<void> {
    if (!this.isRunning) return;
    if (UNREADABLE_NAMES.includes(error.causingError?.name ?? "")) return this.fail(UNREADABLE);
    const status = error.originalResponse?.getStatus() ?? 0;
    const told = answerOf(error.originalResponse?.getBody());
    const remedy = remedyOf(status, told.is_token_expired);
    if (remedy === "sign-in") await this.waitForSignIn();
    else if (remedy === "begin-again") this.fail(GONE);
    else if (remedy === "stop") this.stop(told.message);
    else await this.reconnect();
  }

  private async reconnect(): Promise<void> {
    this.isRunning = false;
    this.failures += 1;
    const turn = ++this.turn;
    if (this.failures > 1) {
      this.isTold = true;
      this.row.say(RECONNECTING, "waiting");
      if (!this.key) this.row.offer(this.withdrawal());
    }
    await patience(Math.min(pauseAfter(this.failures), LONGEST_PAUSE_MS));
    await renewToken().catch(() => undefined);
    if (turn === this.turn) this.go();
  }

  private async waitForSignIn(): Promise<void> {
    this.isRunning = false;
    const turn = ++this.turn;
    await this.signedIn();
    if (turn === this.turn) this.resume();
  }

  private async signedIn(): Promise<void> {
    this.row.say(SIGNED_OUT, "waiting");
    this.row.link("サインインの画面を開く（別のタブ）", this.place.signInUrl);
    await untilSignedIn();
    await renewToken().catch(() => undefined);
  }

  /** Something that does not pass by itself, and after which it can go on. */
  private stop(message: string): void {
    this.isRunning = false;
    this.row.say(message, "error");
    this.row.offer(
      { words: "続きを送る", press: () => this.resume(), isMain: true },
      this.withdrawal(),
    );
  }

  private fail(message: string): void {
    this.row.say(message, "error");
    this.end("failed");
  }

  /** All is there: what does the worker say? */
  private async follow(): Promise<void> {
    this.isRunning = false;
    this.release();
    this.row.say(CHECKING);
    this.row.hideProgress();
    this.row.offer();
    for (;;) {
      try {
        const upload = await request<Upload>("GET", urlOf(this.key!));
        if (upload.state === "accepted") {
          this.row.say(ACCEPTED, "done");
          return this.end("accepted");
        }
        if (upload.state === "refused") {
          this.row.say(upload.problem, "error");
          return this.end("refused");
        }
      } catch {
        // Out of reach for a moment: the worker goes on without us.
      }
      await sleep(FOLLOW_MS);
    }
  }
}

/** What the server already has of this very file, from this person; told by its content. */
async function unfinished(file: File, place: Place): Promise<Upload | null> {
  const { uploads } = await request<{ uploads: Upload[] }>("GET", place.uploadsUrl);
  for (const upload of uploads) {
    const fits = upload.state === "receiving" && !upload.is_live && upload.size_bytes === file.size;
    if (fits && upload.sender.id === place.person && (await isSame(upload, file))) return upload;
  }
  return null;
}

async function isSame(upload: Upload, file: File): Promise<boolean> {
  if (!upload.received_bytes) return upload.file_name === file.name;
  const tail = await request<{ start: number; end: number; sha256: string }>(
    "GET",
    `${urlOf(upload.key)}/tail`,
  );
  return hex(await sha256(file.slice(tail.start, tail.end))) === tail.sha256;
}
