/** 接続テスト: signals go to the server and come back by the way on which page turns come. */

import { request, send } from "../base/http";
import { type Link, LiveConnection } from "./presenting/live-connection";

const SIGNALS = 20;
const PAUSE_MS = 300;
const PATIENCE_MS = 5000;
const OPENING_MS = 20_000;
const SLOW_MS = 1000;
const NOT_KEPT = "結果を主催者の画面に届けられませんでした。";

interface Result {
  carrier: "stream" | "polling";
  median_ms: number;
  worst_ms: number;
  lost: number;
}

class ConnectionTest {
  private readonly waiting = new Map<string, () => void>();
  private readonly live: LiveConnection;

  constructor(private readonly url: string) {
    this.live = new LiveConnection(`${url}/live`, { onEcho: (word) => this.waiting.get(word)?.() });
  }

  /** How the facts come in; "lost" when nothing came in time. */
  async opened(): Promise<Link> {
    const end = performance.now() + OPENING_MS;
    while (performance.now() < end && this.live.link !== "stream" && this.live.link !== "polling")
      await pause(100);
    return this.live.link;
  }

  async run(carrier: "stream" | "polling", progress: (done: number) => void): Promise<Result> {
    const delays: number[] = [];
    for (let number = 1; number <= SIGNALS; number++) {
      const delay = await (carrier === "stream" ? this.echo() : this.question());
      if (delay !== null) delays.push(delay);
      progress(number);
      await pause(PAUSE_MS);
    }
    delays.sort((one, other) => one - other);
    const at = (part: number) =>
      Math.round(delays[Math.min(delays.length - 1, Math.floor(part * delays.length))] ?? 0);
    return { carrier, median_ms: at(0.5), worst_ms: at(1), lost: SIGNALS - delays.length };
  }

  close(): void {
    this.live.close();
  }

  private async echo(): Promise<number | null> {
    const word = String(Math.random()).slice(2);
    const sentAt = performance.now();
    const back = new Promise<number>((done) =>
      this.waiting.set(word, () => done(performance.now() - sentAt)),
    );
    request("POST", `${this.url}/echoes`, { word }).catch(() => undefined);
    const delay = await Promise.race([back, pause(PATIENCE_MS).then(() => null)]);
    this.waiting.delete(word);
    return delay;
  }

  private async question(): Promise<number | null> {
    const sentAt = performance.now();
    try {
      await send("GET", `${this.url}/live`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      return null;
    }
    return performance.now() - sentAt;
  }
}

async function run(box: HTMLElement): Promise<void> {
  const part = <Kind extends HTMLElement>(name: string) =>
    box.querySelector<Kind>(`[data-${name}]`)!;
  const url = `/api/meetings/${box.dataset.connectionTest}`;
  const progress = part<HTMLProgressElement>("progress");
  const again = part<HTMLButtonElement>("again");
  again.hidden = true;
  const test = new ConnectionTest(url);
  const link = await test.opened();
  if (link !== "stream" && link !== "polling") {
    part("result").textContent = "サーバーにつながりません。Wi-Fiやケーブルを確かめてください。";
  } else {
    part("result").textContent = "測っています…";
    const result = await test.run(link, (done) => (progress.value = done));
    const late = pause(PATIENCE_MS).then(() => false);
    const isKept = await Promise.race([report(url, result), late]);
    part("result").textContent = sentence(result) + (isKept ? "" : NOT_KEPT);
    box.dataset.done = result.lost ? "lost" : "good";
    part("median").textContent = `${result.median_ms}ミリ秒`;
    part("worst").textContent = `${result.worst_ms}ミリ秒`;
    part("lost").textContent = `${SIGNALS}回のうち${result.lost}回`;
    part("carrier").textContent =
      result.carrier === "stream"
        ? "常時接続"
        : "定期問い合わせ（このネットワークは常時接続を通しません）";
    part("facts").hidden = false;
  }
  test.close();
  again.hidden = false;
}

/** Whether the organiser will see it: only what the server has is told as done. */
async function report(url: string, result: Result): Promise<boolean> {
  const terminal = navigator.userAgent.slice(0, 200);
  try {
    await request("POST", `${url}/connection-tests`, { ...result, terminal });
    return true;
  } catch {
    return false;
  }
}

function sentence({ worst_ms, lost }: Result): string {
  if (lost) return "途中で途切れました。席を移るか、ネットワークの担当者に相談してください。";
  if (worst_ms >= SLOW_MS) return "つながりますが、遅れることがあります。";
  return "良好です。このまま会議に参加できます。";
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

const box = document.querySelector<HTMLElement>("[data-connection-test]");
if (box) {
  box.querySelector("[data-again]")!.addEventListener("click", () => void run(box));
  void run(box);
}
