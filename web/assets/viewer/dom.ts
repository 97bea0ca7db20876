/** Small pieces of the page that every part of the viewer makes. */

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, className = "", words = ""): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}

/** A button that shows `words`; `label` says more to those who cannot see where it stands. */
export function button(label: string, words: string, press: () => void, className = ""): HTMLButtonElement {
  const made = make("button", className, words);
  made.type = "button";
  if (label !== words) {
    made.setAttribute("aria-label", label);
    made.title = label;
  }
  made.addEventListener("click", press);
  return made;
}

export function svg<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number> = {}): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";

/** What the server said instead of yes; its sentence can be shown as it stands. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const BUSY = 503;
const MOST_TRIES = 3;

/** Ask the API; again, when the server had no time for it and nothing was done. Throws Refused with
 * the server's sentence, TypeError without a network. */
export async function ask<Answer>(method: string, url: string, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": token };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const send = () => fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  let answer = await send();
  for (let tries = 1; answer.status === BUSY && tries < MOST_TRIES; tries += 1) {
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    answer = await send();
  }
  const text = await answer.text();
  const read = text ? (JSON.parse(text) as Answer & { message?: string }) : undefined;
  if (!answer.ok) throw new Refused(answer.status, read?.message ?? "サーバーで問題が起きました。");
  return read as Answer;
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
}
