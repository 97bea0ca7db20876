/** Small pieces of the page that every part of the viewer makes. */

import { headersOfPage, renewToken } from "../base/signed-in";

export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  words = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}

/** A button that shows `words`; `label` says more to those who cannot see where it stands. */
export function button(
  label: string,
  words: string,
  press: () => void,
  className = "",
): HTMLButtonElement {
  const made = make("button", className, words);
  made.type = "button";
  if (label !== words) {
    made.setAttribute("aria-label", label);
    made.title = label;
  }
  made.addEventListener("click", press);
  return made;
}

/** Whether this is pressed or written into by itself, so that it means nothing to what lies under it. */
export function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, input, textarea") !== null;
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** What the server said instead of yes; its sentence can be shown as it stands. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    private readonly isTokenExpired = false,
  ) {
    super(message);
  }

  /** Nothing is wrong with what was sent: it can be sent again once the right person is signed in
   * or the server has time. */
  get isPassing(): boolean {
    return this.isTokenExpired || this.isOfSignIn || this.status === 429 || this.status >= 500;
  }

  /** Nobody is signed in, or another person than the one who opened the page. */
  get isOfSignIn(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const BUSY = 503;
const MOST_TRIES = 3;

/** Ask the API; again, when the server had no time for it and nothing was done. Throws Refused with
 * the server's sentence, TypeError without a network. */
export async function ask<Answer>(method: string, url: string, body?: unknown): Promise<Answer> {
  let answer = await attempt(method, url, body);
  if (answer.status === 400 && answer.read.is_token_expired === true) {
    await renewToken();
    answer = await attempt(method, url, body);
  }
  const { status, read } = answer;
  const isTokenExpired = read.is_token_expired === true;
  if (status >= 400)
    throw new Refused(
      status,
      String(read.message ?? "サーバーで問題が起きました。"),
      isTokenExpired,
    );
  return read as Answer;
}

async function attempt(
  method: string,
  url: string,
  body: unknown,
): Promise<{ status: number; read: Record<string, unknown> }> {
  const send = () => {
    const headers = headersOfPage();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  let answer = await send();
  for (let tries = 1; answer.status === BUSY && tries < MOST_TRIES; tries += 1) {
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    answer = await send();
  }
  const text = await answer.text();
  return { status: answer.status, read: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("ja-JP", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Tokyo",
  });
}
