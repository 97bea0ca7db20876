/** この端末で録音する: what the microphone hears is on the server seconds later. */

import { button } from "../base/elements";
import { request } from "../base/http";
import { position } from "../base/times";
import { reloadWhenIdle, stay } from "../resumable/idle";
import { urlOf } from "../resumable/server";
import { isPossible, Microphone } from "./microphone";
import { drop, type Kept, recordings } from "./pieces";
import { RecordingSender, type Told } from "./recording-sender";

const CLOCK_MS = 500;
const NOT_POSSIBLE =
  "この端末では録音できません。暗号化した接続（https）で開くと使えるようになります。管理者に相談するか、録音機のファイルを上の欄から送ってください。";
const NOT_ALLOWED =
  "マイクを使えませんでした。ブラウザーの「マイクの使用を許可」と、マイクがつながっていることを確かめて、もう一度押してください。";
const NOT_KEPT =
  "この端末に書き込めないため、いまの録音を保存できていません。端末の空きを確かめて、録音をやり直してください。";
const SENDING_REST =
  "録音を終えました。残りを送っています。終わるまでこの画面を開いたままにしてください。";
const SENT = "録音を受け付けました。音声を確かめたあと、下の一覧に入ります。";
const LEFT = "この端末に残っていた録音をサーバーへ送っています。";
const GONE =
  "この端末に残っている録音の送信先が見つかりません。取りやめられたか、期限が過ぎました。";

const panel = document.querySelector<HTMLElement>("[data-recorder]");
if (panel) void begin(panel);

async function begin(panel: HTMLElement): Promise<void> {
  panel.hidden = false;
  if (location.hash === "#record") panel.scrollIntoView();
  if (!isPossible()) {
    part(panel, "start").hidden = true;
    part(panel, "hint").textContent = NOT_POSSIBLE;
    return;
  }
  part(panel, "start").addEventListener("click", () => void record(panel));
  for (const kept of await recordings()) void alone(kept, () => sendLeft(panel, kept));
}

async function record(panel: HTMLElement): Promise<void> {
  say(panel, "");
  part(panel, "start").hidden = true;
  const kept = newRecording(panel);
  const sender: RecordingSender = new RecordingSender(
    kept,
    told(panel, () => sender.upload),
  );
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  try {
    const microphone = await Microphone.open({
      piece: (content, seconds) =>
        void sender.append(content, seconds).catch(() => say(panel, NOT_KEPT, "error")),
      level: (value) => ((part(panel, "level") as HTMLMeterElement).value = value),
      ended: () => end(),
    });
    kept.began = Date.now();
    kept.fileName += `.${microphone.extension}`;
    await alone(kept, () => follow(panel, microphone, sender, ended));
  } catch {
    part(panel, "start").hidden = false;
    say(panel, NOT_ALLOWED, "error");
  }
}

/** From the first sound until the last one is on the server. */
async function follow(
  panel: HTMLElement,
  microphone: Microphone,
  sender: RecordingSender,
  ended: Promise<void>,
): Promise<void> {
  const release = stay();
  const clock = setInterval(
    () => (part(panel, "elapsed").textContent = position(microphone.seconds)),
    CLOCK_MS,
  );
  const stop = part(panel, "stop");
  stop.addEventListener("click", () => microphone.stop(), { once: true });
  show(panel, true);
  stop.focus();
  const sent = sender.run();
  await ended;
  clearInterval(clock);
  show(panel, false);
  say(panel, SENDING_REST, "waiting");
  await sender.finish();
  await sent;
  say(panel, SENT, "done");
  release();
  part(panel, "start").hidden = false;
  reloadWhenIdle();
}

/** What an earlier page of this browser could not send any more. */
async function sendLeft(panel: HTMLElement, kept: Kept): Promise<void> {
  say(panel, LEFT, "waiting");
  const sender = new RecordingSender(kept, {
    saved: () => undefined,
    state: (words, isSignedOut) => say(panel, words || LEFT, "waiting", isSignedOut),
  });
  const outcome = await sender.run(true);
  if (outcome === "gone") {
    say(panel, GONE, "error");
    offer(panel, "この端末からも消す", () => drop(kept.id));
  } else if (outcome === "stopped") {
    say(
      panel,
      `「${kept.fileName}」は録音の途中で止まりました。残っていた音はすべてサーバーへ送りました。`,
      "waiting",
    );
    offer(panel, "ここまでで受け付ける", async () => {
      await request("POST", `${urlOf(sender.upload!)}/completion`);
      await drop(kept.id);
    });
  } else {
    say(panel, SENT, "done");
    reloadWhenIdle();
  }
}

/** Only one tab records or sends this; another one leaves it alone. */
function alone(kept: Kept, act: () => Promise<void>): Promise<void> {
  return navigator.locks.request(
    `gijido-recording-${kept.id}`,
    { ifAvailable: true },
    async (lock) => {
      if (lock) await act();
    },
  );
}

function newRecording(panel: HTMLElement): Kept {
  const at = new Date()
    .toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" })
    .replace(":", "時");
  return {
    id: crypto.randomUUID(),
    uploadsUrl: panel.dataset.uploadsUrl!,
    person: Number(panel.dataset.person),
    fileName: `${panel.dataset.title!.slice(0, 100)}_${at}分から`,
    began: Date.now(),
    upload: null,
    head: null,
    isEnded: false,
  };
}

function told(panel: HTMLElement, upload: () => string | null): Told {
  return {
    saved: (seconds) => {
      part(panel, "saved").textContent = position(seconds);
      panel.dataset.arrivingUpload = upload() ?? ""; // no need to list it once more below
      panel.dataset.own = "";
    },
    state: (words, isSignedOut) => say(panel, words, "waiting", isSignedOut),
  };
}

function show(panel: HTMLElement, isRecording: boolean): void {
  part(panel, "now").hidden = !isRecording;
  part(panel, "stop").hidden = !isRecording;
  part(panel, "hint").hidden = isRecording;
}

function say(
  panel: HTMLElement,
  words: string,
  kind: "" | "waiting" | "error" | "done" = "",
  isSignedOut = false,
): void {
  const status = part(panel, "status");
  if (status.dataset.words === words) return;
  status.dataset.words = words;
  status.textContent = words;
  status.className = words && kind ? (kind === "waiting" ? "notice" : `notice notice-${kind}`) : "";
  if (!isSignedOut) return;
  const link = document.createElement("a");
  link.href = panel.dataset.signInUrl!;
  link.target = "_blank";
  link.textContent = "サインインの画面を開く（別のタブ）";
  status.append(" ", link);
}

function offer(panel: HTMLElement, words: string, act: () => Promise<unknown>): void {
  const offered = button(words, async () => {
    offered.disabled = true;
    try {
      await act();
      location.reload();
    } catch (problem) {
      offered.disabled = false;
      say(panel, (problem as Error).message, "error");
    }
  });
  part(panel, "start").before(offered);
}

function part(panel: HTMLElement, name: string): HTMLElement {
  return panel.querySelector<HTMLElement>(`[data-recorder-${name}]`)!;
}
