/**
 * Shows how far the transcriptions are. Figures change in place; when another button is to be shown
 * the part of this recording is fetched anew, never the page: something may be being sent on it.
 */

import { fragment, request } from "../base/http";

interface Stage {
  state: string;
  words: string;
}

interface Progress {
  percent: number;
  segment_count: number;
  sentence: string;
  stages: Stage[];
}

const POLL_MS = 2000;

for (const box of document.querySelectorAll<HTMLElement>("[data-work]")) void follow(box);

async function follow(first: HTMLElement): Promise<void> {
  let box = first;
  while (box.querySelector("[data-is-moving]")) {
    await new Promise((again) => setTimeout(again, POLL_MS));
    if (document.hidden) continue;
    let isOld = false;
    for (const run of box.querySelectorAll<HTMLElement>("[data-is-moving]"))
      isOld = (await update(run)) || isOld;
    if (isOld && !isInUse(box)) box = await renew(box);
  }
}

/** Whether other buttons are to be shown by now. */
async function update(run: HTMLElement): Promise<boolean> {
  const progress = await look(run.dataset.progressUrl!);
  if (!progress) return false;
  show(run, progress);
  return progress.stages.map((stage) => stage.state).join(" ") !== run.dataset.shape;
}

async function look(url: string): Promise<Progress | null> {
  try {
    return await request<Progress>("GET", url);
  } catch {
    return null;
  }
}

function show(run: HTMLElement, progress: Progress): void {
  const bar = run.querySelector<HTMLProgressElement>("[data-progress-bar]");
  if (bar) bar.value = progress.percent;
  write(run.querySelector("[data-progress-text]"), progress.sentence);
  write(run.querySelector("[data-segment-count]"), String(progress.segment_count));
  const words = run.querySelectorAll("[data-stage-words]");
  progress.stages.forEach((stage, index) => write(words[index] ?? null, stage.words));
}

function write(place: Element | null, words: string): void {
  if (place && place.textContent !== words) place.textContent = words;
}

/** Nothing is taken away from under a hand. */
function isInUse(box: HTMLElement): boolean {
  return box.contains(document.activeElement) || box.querySelector("details[open]") !== null;
}

async function renew(box: HTMLElement): Promise<HTMLElement> {
  const page = await fragment(box.dataset.work!);
  if (page === null) return box;
  const read = new DOMParser().parseFromString(page, "text/html");
  const fresh = read.querySelector<HTMLElement>("[data-work]");
  if (!fresh) return box;
  box.replaceWith(fresh);
  return fresh;
}
