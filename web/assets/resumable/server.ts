/** What the pages that send recordings and the server say to each other (see /api/openapi.json). */

import type { UploadAnswer } from "../base/api-types";
import { request } from "../base/http";

export type Upload = UploadAnswer;

export const VERSION = { "Tus-Resumable": "1.0.0" };
const ASK_MS = 3000;

export const urlOf = (key: string) => `/api/uploads/${key}`;

export const sleep = (milliseconds: number) =>
  new Promise<void>((wake) => setTimeout(wake, milliseconds));

/** After so long, or as soon as the network is back. */
export function patience(milliseconds: number): Promise<void> {
  return new Promise((wake) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      wake();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}

/** Until somebody is signed in again, in whichever tab. */
export async function untilSignedIn(): Promise<void> {
  for (;;) {
    await sleep(ASK_MS);
    try {
      await request("GET", "/api/me");
      return;
    } catch {
      // Still signed out, or out of reach: ask again.
    }
  }
}
