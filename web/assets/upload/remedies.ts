/** What is to be done when a part of an upload does not come through. */

import { isOfSignIn } from "../base/http";

/** Statuses of 4xx that pass by themselves; 0: the server is out of reach. */
const PASSING = new Set([0, 408, 409, 423, 460]);

/** The server's answer to a part that it did not take. */
export interface UploadProblem {
  message: string;
  is_token_expired: boolean;
}

export type Remedy = "sign-in" | "begin-again" | "stop" | "reconnect";

/** Returns the way on: once somebody is signed in, from the start, when a person says so, or by
 * itself. */
export function remedyOf(status: number, isTokenExpired: boolean): Remedy {
  if (isOfSignIn(status)) return "sign-in";
  if (status === 404 || status === 410) return "begin-again";
  if (status === 400) return isTokenExpired ? "reconnect" : "stop";
  const isFinal = status === 507 || (status >= 402 && status < 500 && !PASSING.has(status));
  return isFinal ? "stop" : "reconnect";
}

/** Returns how many milliseconds to wait after so many failures in a row: each time twice as long. */
export function pauseAfter(failures: number): number {
  return failures === 1 ? 500 : 1000 * 2 ** (failures - 2);
}

/** Reads the answer's body, which may be anything that stands between us and the server. */
export function answerOf(body: string | undefined): UploadProblem {
  const unknown = {
    message: "送信できませんでした。もう一度お試しください。",
    is_token_expired: false,
  };
  try {
    return { ...unknown, ...(JSON.parse(body ?? "") as object) };
  } catch {
    return unknown;
  }
}
