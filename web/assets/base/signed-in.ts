/** Whose page this is, and the token against forged requests that goes with every change. */

const TOKEN = 'meta[name="csrf-token"]';
/** Whose page it is, where that matters: nothing goes to the server in another person's name. */
export const PERSON = document.querySelector<HTMLElement>("[data-person]")?.dataset.person;
let token = document.querySelector<HTMLMetaElement>(TOKEN)?.content ?? "";

export const currentToken = (): string => token;

/** The headers with which every question to the API goes out. */
export function headersOfPage(): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": token };
  if (PERSON) headers["X-Gijido-Person"] = PERSON;
  return headers;
}

/** From this page, opened anew. Throws TypeError without a network. */
export async function renewToken(): Promise<void> {
  const page = await (await fetch(location.pathname)).text();
  const meta = new DOMParser().parseFromString(page, "text/html").querySelector(TOKEN);
  token = meta?.getAttribute("content") ?? token;
}
