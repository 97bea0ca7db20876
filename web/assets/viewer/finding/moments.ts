/** この頁の発言: what was said while the page was shown, to hear and to read. */

import type { MomentAnswer as Moment, SaidAnswer as Said } from "../../base/api-types";
import { button, make } from "../../base/elements";
import { request } from "../../base/http";
import { position } from "../../base/times";
import type { Drawer } from "../drawer";
import type { Reader } from "../reading/reader";

const FIRST_WORDS = 40;
const UNSURE = "録音の始まりの時刻が未確認のため、頁と発言がずれているかもしれません。";

export async function showMoments(drawer: Drawer, reader: Reader): Promise<void> {
  const { document, page } = reader;
  if (!document) return;
  await drawer.fill(`${page}頁の発言`, async () => {
    const path = `/api/versions/${document.version_id}/pages/${page}/moments`;
    const { moments } = await request<{ moments: Moment[] }>("GET", path);
    return listOf(drawer, chosen(moments));
  });
}

/** A spare recorder says the same again: it counts where no part has the page. */
export function chosen(moments: Moment[]): Moment[] {
  const parts = moments.filter((moment) => moment.kind === "part");
  return parts.length ? parts : moments;
}

function listOf(drawer: Drawer, moments: Moment[]): HTMLElement {
  const content = make("div");
  const player = make("audio");
  player.preload = "none";
  // The drawer is shut: nobody knows any more where the voice comes from.
  drawer.dialog.addEventListener("close", () => player.pause(), { once: true });
  if (moments.some((moment) => !moment.is_beginning_sure))
    content.append(make("p", { class: "quiet" }, UNSURE));
  const lines = moments.flatMap((moment) => linesOf(moment, player));
  content.append(
    drawer.list(lines, "録音の中で、この頁（この版）が示されていた間はありません。"),
    player,
  );
  return content;
}

function linesOf(moment: Moment, player: HTMLAudioElement): HTMLLIElement[] {
  if (moment.segments.length) return moment.segments.map((said) => lineOf(moment, said, player));
  return [lineOf(moment, null, player)];
}

function lineOf(moment: Moment, said: Said | null, player: HTMLAudioElement): HTMLLIElement {
  const seconds = said?.start_seconds ?? moment.start_seconds;
  const time = timeOf(moment, seconds);
  const line = make("li", { class: "moment" });
  line.append(
    button(`▶ ${time}`, () => play(player, moment.recording_id, seconds), "", `${time}から聞く`),
  );
  const words = said ? firstWords(said) : "（発話なし）";
  if (!said || !moment.transcript_id) {
    line.append(make("span", { class: "quiet" }, words));
    return line;
  }
  const link = make("a", {}, words);
  link.href = `/transcripts/${moment.transcript_id}#segment-${said.segment_id}`;
  link.title = "逐語録で開く";
  line.append(link);
  return line;
}

/** 「第2部 0:12:05」; the first part needs no number. */
export function timeOf({ part }: Pick<Moment, "part">, seconds: number): string {
  return (part && part > 1 ? `第${part}部 ` : "") + position(seconds);
}

function play(player: HTMLAudioElement, recordingId: number, seconds: number): void {
  const source = `/recordings/${recordingId}/sound`;
  if (player.getAttribute("src") !== source) player.src = source;
  player.currentTime = seconds;
  player.play().catch(() => undefined);
}

/** Who said it, with the beginning of it. */
export function firstWords({ speaker, text }: Said): string {
  const short = text.length > FIRST_WORDS ? `${text.slice(0, FIRST_WORDS)}…` : text;
  return speaker ? `${speaker}：${short}` : short;
}
