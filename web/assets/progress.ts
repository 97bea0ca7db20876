/** Shows how far a transcription is, and opens the page anew once when it has ended. */

import { reloadWhenIdle } from "./upload/idle";

interface Progress {
  state: string;
  state_label: string;
  stage: string;
  percent: number;
  remaining_seconds: number | null;
  segment_count: number;
  problem: string;
  is_worker_running: boolean;
}

const POLL_MS = 2000;
const NO_WORKER =
  "文字起こしを行うプログラムが動いていません。管理者に連絡してください。録音は保存されています。";

for (const box of document.querySelectorAll<HTMLElement>("[data-progress-url]")) void follow(box);

async function follow(box: HTMLElement): Promise<void> {
  let wasOpen = false;
  for (;;) {
    if (!document.hidden) {
      const progress = await look(box.dataset["progressUrl"]!);
      if (progress) {
        show(box, progress);
        const isOpen = progress.state === "waiting" || progress.state === "running";
        if (wasOpen && !isOpen) reloadWhenIdle();
        if (!isOpen) return;
        wasOpen = true;
      }
    }
    await new Promise((again) => setTimeout(again, POLL_MS));
  }
}

async function look(url: string): Promise<Progress | null> {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as Progress) : null;
  } catch {
    return null;
  }
}

function show(box: HTMLElement, progress: Progress): void {
  const bar = box.querySelector<HTMLProgressElement>("[data-progress-bar]");
  if (bar) {
    bar.max = 100;
    bar.value = progress.percent;
  }
  const text = box.querySelector<HTMLElement>("[data-progress-text]");
  if (text) text.textContent = words(progress);
}

function words(progress: Progress): string {
  const isOpen = progress.state === "waiting" || progress.state === "running";
  if (isOpen && !progress.is_worker_running) return NO_WORKER;
  if (progress.problem) return progress.problem;
  if (progress.state === "waiting") return "受け付けました。順番を待っています。";
  if (progress.state !== "running") return progress.state_label;
  return `${progress.stage} ${progress.percent} %${remaining(progress.remaining_seconds)}`;
}

function remaining(seconds: number | null): string {
  if (seconds === null) return "・残り時間を計算中";
  return seconds < 60 ? `・残り約${seconds}秒` : `・残り約${Math.ceil(seconds / 60)}分`;
}
