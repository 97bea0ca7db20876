/** Files by drag and drop, and recordings with progress. Both work as plain forms too. */

const MB = 1_000_000;

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-drop]")) takeDrops(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

function takeDrops(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const zone = form.closest<HTMLElement>("[data-drop-zone]") ?? form;
  if (!input) return;
  const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget as Node | null)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    if (!isFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const input = form.querySelector<HTMLInputElement>("input[type=file]")!;
  const status = form.querySelector<HTMLElement>("[data-upload-status]")!;
  const file = input.files?.[0];
  const limit = Number(form.dataset["limitBytes"] ?? Infinity);
  if (!file) return say(status, "録音ファイルを選んでください。", true);
  if (file.size > limit) {
    return say(status, `ファイルが大きすぎます（上限 ${Math.floor(limit / MB).toLocaleString()} MB）。分割するか、管理者に相談してください。`, true);
  }
  const request = new XMLHttpRequest();
  const cancel = cancelButton(form, () => request.abort());
  const stay = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", stay);
  const end = () => {
    removeEventListener("beforeunload", stay);
    cancel.remove();
    setBusy(form, false);
  };
  const started = performance.now();
  request.upload.addEventListener("progress", (event) => say(status, sentence(event, started)));
  request.addEventListener("load", () => {
    end();
    finish(request, status);
  });
  request.addEventListener("error", () => {
    end();
    say(status, "送信が途中で切れました。通信を確かめて、もう一度「送信」を押してください。", true);
  });
  request.addEventListener("abort", () => {
    end();
    say(status, "送信を中止しました。");
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
  setBusy(form, true);
}

function finish(request: XMLHttpRequest, status: HTMLElement): void {
  const answer = parsed(request.responseText);
  if (request.status < 400) {
    say(status, "受け付けました。");
    location.assign(answer["url"] ?? request.responseURL);
    return;
  }
  say(status, answer["message"] ?? "保存できませんでした。もう一度お試しください。", true);
}

function parsed(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

function sentence(event: ProgressEvent, started: number): string {
  const seconds = (performance.now() - started) / 1000;
  const speed = event.loaded / Math.max(seconds, 0.1);
  const left = (event.total - event.loaded) / Math.max(speed, 1);
  if (event.loaded >= event.total) return "送信しました。音声を確認しています…";
  const percent = Math.floor((100 * event.loaded) / event.total);
  const rest = left < 60 ? `残り約${Math.ceil(left)}秒` : `残り約${Math.ceil(left / 60)}分`;
  return `送信中 ${percent} %（毎秒 ${(speed / MB).toFixed(1)} MB・${rest}）`;
}

function say(status: HTMLElement, words: string, isError = false): void {
  status.textContent = words;
  status.className = words ? `notice${isError ? " notice-error" : ""}` : "";
}

function setBusy(form: HTMLFormElement, isBusy: boolean): void {
  for (const control of form.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button[type=submit], input[type=file]")) {
    control.disabled = isBusy;
  }
}

function cancelButton(form: HTMLFormElement, cancel: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "送信を中止";
  button.addEventListener("click", cancel);
  form.append(button);
  return button;
}
