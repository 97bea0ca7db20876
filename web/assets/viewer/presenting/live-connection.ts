/** 発表のいま: one event stream per terminal; where streams are blocked, questions that wait.
 *
 * Every fact is the whole state, so a terminal that missed some needs only the newest. The
 * terminal's own clock is never asked what time it is.
 */

import type { LiveAnswer, Pointer, TurnAnswer } from "../../base/api-types";
import { send } from "../../base/http";

export interface Turn extends Omit<TurnAnswer, "area"> {
  area: [number, number, number, number] | null;
}

export interface LiveState extends Omit<LiveAnswer, "turn" | "you"> {
  turn: Turn | null;
}

export type { Pointer };

/** How the facts come in. */
export type Link = "connecting" | "stream" | "polling" | "lost";

export interface Listener {
  onState?(state: LiveState): void;
  onPointer?(pointer: Pointer): void;
  /** Somebody shared a memo on this document, or took one back. */
  onMemos?(documentId: number): void;
  onEcho?(word: string): void;
  onLink?(link: Link): void;
  /** The meeting is closed to this person now (401, 404). */
  onRefused?(status: number): void;
}

const FIRST_FACT_MS = 4000;
const SILENCE_MS = 12_000;
const RETRY_MS = 300;
const JITTER_MS = 500;
const STREAM_AGAIN_MS = 60_000;
const POLL_LIMIT_MS = 30_000;
const PROBE_URL = "/alive";
const PROBE_LIMIT_MS = 500;
/** Each pause is about twice the one before, and no two terminals have the same: a server that is
 * starting again is not asked by all of them several times a second. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3000;

export class LiveConnection {
  state: LiveState | null = null;
  link: Link = "connecting";
  private source: EventSource | null = null;
  private heardAt = 0;
  private timer = 0;
  private failures = 0;
  private probes = 0;
  /** Ends the question that is out, a probe or a poll. */
  private asking: AbortController | null = null;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {
    addEventListener("offline", () => this.lose());
    addEventListener("online", () => {
      this.probes = 0;
      this.again(0);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.isSilent()) this.connect();
    });
    setInterval(() => this.watch(), 1000);
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    this.drop();
  }

  /** Take a state that came with another answer, e.g. the one to our own turn. */
  take(state: LiveState): void {
    if (this.state && state.sequence < this.state.sequence) return;
    this.state = state;
    this.listener.onState?.(state);
  }

  private connect(): void {
    if (this.isClosed) return;
    this.drop();
    const source = new EventSource(this.url);
    this.source = source;
    this.heardAt = performance.now();
    const first = setTimeout(() => this.streamFails(source), FIRST_FACT_MS);
    const heard = () => {
      this.heardAt = performance.now();
      clearTimeout(first);
      this.failures = 0;
      this.probes = 0;
      this.setLink("stream");
    };
    source.addEventListener("state", (event) => {
      heard();
      this.take(JSON.parse(event.data as string) as LiveState);
    });
    source.addEventListener("pointer", (event) => {
      heard();
      this.listener.onPointer?.(JSON.parse(event.data as string) as Pointer);
    });
    source.addEventListener("memos", (event) => {
      heard();
      this.listener.onMemos?.(
        (JSON.parse(event.data as string) as { document_id: number }).document_id,
      );
    });
    source.addEventListener("echo", (event) => {
      heard();
      this.listener.onEcho?.((JSON.parse(event.data as string) as { word: string }).word);
    });
    source.addEventListener("beat", heard);
    source.addEventListener("error", () => {
      clearTimeout(first);
      this.streamFails(source);
    });
  }

  /** The stream broke or never spoke. Is it the network, the right, or only streams? */
  private streamFails(source: EventSource): void {
    if (source !== this.source) return;
    source.close();
    this.source = null;
    this.failures += 1;
    if (this.failures > 1) void this.poll();
    else this.again(RETRY_MS + Math.random() * JITTER_MS);
  }

  /** Plain questions: the first one is answered at once, the next ones when something is new. */
  private async poll(): Promise<void> {
    const asked = this.ask();
    const streamAgainAt = performance.now() + STREAM_AGAIN_MS;
    let known = -1;
    while (!asked.aborted && performance.now() < streamAgainAt) {
      try {
        const limit = AbortSignal.any([asked, AbortSignal.timeout(POLL_LIMIT_MS)]);
        const answer = await send("GET", `${this.url}?wait=${Math.max(known, 0)}`, {
          signal: limit,
        });
        if (answer.status === 401 || answer.status === 404) return this.refuse(answer.status);
        if (!answer.ok) throw new Error(String(answer.status));
        const state = (await answer.json()) as LiveState;
        if (asked.aborted) return;
        this.heardAt = performance.now();
        this.setLink("polling");
        known = state.sequence;
        this.take(state);
      } catch {
        if (asked.aborted) return;
        this.setLink("lost");
        this.failures = 0;
        return this.again(RETRY_MS + Math.random() * JITTER_MS);
      }
    }
    if (!asked.aborted) this.connect();
  }

  private refuse(status: number): void {
    this.close();
    this.setLink("lost");
    this.listener.onRefused?.(status);
  }

  private again(afterMs: number): void {
    this.drop();
    this.timer = window.setTimeout(() => void this.probe(), afterMs);
  }

  /** Is the server there? A dead network answers nothing at all, so this asks for little and does
   * not wait long; the stream, for which a busy server may take its time, is opened after it. */
  private async probe(): Promise<void> {
    const asked = this.ask();
    try {
      await send("GET", PROBE_URL, {
        cache: "no-store",
        signal: AbortSignal.any([asked, AbortSignal.timeout(PROBE_LIMIT_MS)]),
      });
      this.connect();
    } catch {
      if (asked.aborted) return;
      this.setLink("lost");
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.probes++, LONGEST_PAUSE_MS);
      this.again(pause * (0.5 + Math.random() / 2));
    }
  }

  /** A new question in place of whatever was out. */
  private ask(): AbortSignal {
    this.drop();
    this.asking = new AbortController();
    return this.asking.signal;
  }

  private watch(): void {
    if (this.link === "stream" && this.isSilent()) {
      this.lose();
    }
  }

  private isSilent(): boolean {
    return performance.now() - this.heardAt > SILENCE_MS;
  }

  private lose(): void {
    this.setLink("lost");
    this.again(0);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    this.asking?.abort();
    this.asking = null;
  }

  private setLink(link: Link): void {
    if (link === this.link) return;
    this.link = link;
    this.listener.onLink?.(link);
  }
}
