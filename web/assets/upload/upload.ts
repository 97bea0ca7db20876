/** Files by drag and drop, and recordings that go on where they stopped. Both work as plain forms
 * too. */

import { fragment } from "../base/http";
import { reloadWhenIdle } from "../resumable/idle";
import type { FileUpload, Place } from "./file-upload";

const MB = 1_000_000;
const REFRESH_MS = 5000;
const RECEIVED = "gijido:received";
const EMPTY =
  "録音ファイルが空（0バイト）です。録音機の元のファイルを確かめて、選び直してください。";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-drop]")) takeDrops(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]"))
  sendResumably(form);
for (const box of document.querySelectorAll<HTMLElement>("[data-arriving]")) {
  setInterval(() => void refresh(box), REFRESH_MS);
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

/** With this script the form takes larger files, and several, one after the other. */
function sendResumably(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]")!;
  const waiting: File[] = [];
  let isSending = false;
  input.multiple = true;
  tellReceived(form);
  for (const hint of form.querySelectorAll<HTMLElement>("[data-plain-only]")) hint.hidden = true;
  for (const hint of form.querySelectorAll<HTMLElement>("[data-resumable-only]"))
    hint.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    waiting.push(...(input.files ?? []));
    form.reset();
    if (!isSending) void sendAll();
  });

  async function sendAll(): Promise<void> {
    isSending = true;
    let isAccepted = false;
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      isAccepted = (await sendOne(form, file)) || isAccepted;
    }
    isSending = false;
    if (isAccepted) reloadWhenIdle();
  }
}

/** Whether there is a new recording to show. */
async function sendOne(form: HTMLFormElement, file: File): Promise<boolean> {
  const { FileUpload } = await import("./file-upload");
  const place: Place = {
    uploadsUrl: form.dataset.uploadsUrl!,
    signInUrl: form.dataset.signInUrl!,
    person: Number(form.dataset.person),
  };
  const sending = new FileUpload(file, place);
  show(sending);
  const problem = unfit(file, Number(form.dataset.limitBytes));
  if (problem) {
    sending.refuse(problem);
    return false;
  }
  const isAccepted = (await sending.run()) === "accepted";
  if (isAccepted) sessionStorage.setItem(RECEIVED, file.name);
  return isAccepted;
}

function show(sending: FileUpload): void {
  const list = document.querySelector<HTMLElement>("[data-sending]")!;
  list.hidden = false;
  list.append(sending.row.element);
}

/** Said once more after the page was opened anew with the recording in its list. */
function tellReceived(form: HTMLFormElement): void {
  const name = sessionStorage.getItem(RECEIVED);
  if (!name) return;
  sessionStorage.removeItem(RECEIVED);
  const words = document.createElement("p");
  words.className = "notice notice-done";
  words.setAttribute("role", "status");
  words.textContent = `録音「${name}」を受け付けました。文字起こしを始めます。`;
  form.before(words);
}

function unfit(file: File, limit: number): string {
  if (!file.size) return EMPTY;
  if (file.size <= limit) return "";
  return `ファイルが大きすぎます（上限 ${Math.floor(limit / MB).toLocaleString()} MB）。分割するか、管理者に相談してください。`;
}

/** What others send, and what is being checked. When something left the list, it is a recording. */
async function refresh(box: HTMLElement): Promise<void> {
  if (
    document.hidden ||
    box.contains(document.activeElement) ||
    document.querySelector("dialog[open]")
  )
    return;
  const before = keys(box, '[data-state="whole"]');
  const fresh = await fragment(box.dataset.url!);
  if (fresh === null) return;
  box.innerHTML = fresh;
  const now = keys(box, "");
  for (const key of keys(document, "[data-own]"))
    box.querySelector(`[data-arriving-upload="${key}"]`)?.remove();
  if (!box.querySelector("li")) box.replaceChildren();
  if (before.some((key) => !now.includes(key))) reloadWhenIdle();
}

function keys(within: ParentNode, chosen: string): string[] {
  return [...within.querySelectorAll<HTMLElement>(`[data-arriving-upload]${chosen}`)].map(
    (row) => row.dataset.arrivingUpload!,
  );
}
