/** The one client of the server: every question that a page asks goes through here, and says whose
 * page it is. (Uploads in pieces have tus-js-client, and the service worker is no page.) */

import { headersOfPage, renewToken } from "./signed-in";

/** The server said no, in a sentence that can be shown as it stands; status 0: it was not reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    private readonly answer: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether nothing is wrong with what was sent: the same can be sent again, once the network, the
   * server or the right person is back. */
  get isPassing(): boolean {
    return (
      this.isUnreachable ||
      this.isOfSignIn ||
      this.status === 429 ||
      this.status >= 500 ||
      isTokenExpired(this.status, this.answer)
    );
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }

  get isOfSignIn(): boolean {
    return isOfSignIn(this.status);
  }

  /** What somebody else has written meanwhile, where that is why. */
  get theirs(): string | null {
    return typeof this.answer.theirs === "string" ? this.answer.theirs : null;
  }

  /** The revision of `theirs`. */
  get revision(): number | null {
    return typeof this.answer.revision === "number" ? this.answer.revision : null;
  }
}

/** Whether somebody has to sign in: nobody is, or another person than the one whose page it is. */
export const isOfSignIn = (status: number): boolean => status === 401 || status === 403;

/** Returns the server's own sentence, or `unreachable` where it was not reached. */
export function sentenceOf(problem: unknown, unreachable: string): string {
  return problem instanceof Refusal && !problem.isUnreachable ? problem.message : unreachable;
}

const UNREACHABLE =
  "サーバーにつながりません。入力した文はこの端末に残してあり、自動で送り直します。";
const UNREADABLE = "サーバーの返事を読み取れませんでした。自動で送り直します。";
const BUSY = 503;
const MOST_TRIES = 3;
const LONGEST_KEPT_ALIVE = 4000;

/** Asks the API and returns its answer. What the server had no time for is asked again after the
 * pause it names; a token that has expired is renewed, once. Throws Refusal and nothing else. */
export async function request<Answer>(
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  let { status, answer } = await attempt(method, path, body);
  if (isTokenExpired(status, answer)) {
    await renewToken().catch(unreachable);
    ({ status, answer } = await attempt(method, path, body));
  }
  if (status < 400) return answer as Answer;
  const { message } = answer;
  throw new Refusal(status, typeof message === "string" ? message : UNREADABLE, answer);
}

/** Sends as this page and returns the answer as it comes, whatever its status; for what is not
 * JSON. Throws TypeError without a network, and what `signal` throws. */
export function send(method: string, path: string, more: RequestInit = {}): Promise<Response> {
  const headers = { ...headersOfPage(), ...(more.headers as Record<string, string> | undefined) };
  return fetch(path, { ...more, method, headers });
}

/** Returns a piece of a page, made anew by the server; null when it cannot be had now, or when it
 * leads elsewhere (to the sign-in). */
export async function fragment(path: string): Promise<string | null> {
  try {
    const answer = await send("GET", path, { headers: { Accept: "text/html" } });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null; // the network is away: what is shown stays, the next time may succeed
  }
}

interface Read {
  status: number;
  answer: Record<string, unknown>;
}

async function attempt(method: string, path: string, body?: object): Promise<Read> {
  const sent = body ? JSON.stringify(body) : null;
  const headers: Record<string, string> = body ? { "Content-Type": "application/json" } : {};
  // What is sent while the page closes still arrives; browsers allow 64 KiB for all of it.
  const keepalive = method !== "GET" && (sent?.length ?? 0) < LONGEST_KEPT_ALIVE;
  const ask = () => send(method, path, { headers, body: sent, keepalive }).catch(unreachable);
  let response = await ask();
  for (let tries = 1; response.status === BUSY && tries < MOST_TRIES; tries += 1) {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    response = await ask();
  }
  try {
    const text = await response.text();
    return { status: response.status, answer: text ? JSON.parse(text) : {} };
  } catch {
    throw new Refusal(response.ok ? 0 : response.status, UNREADABLE);
  }
}

function isTokenExpired(status: number, answer: Readonly<Record<string, unknown>>): boolean {
  return status === 400 && answer.is_token_expired === true;
}

function unreachable(): never {
  throw new Refusal(0, UNREACHABLE);
}
