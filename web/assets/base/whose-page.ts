/** A page that was left and is come back to, as the browser kept it. */

import { Refusal, request } from "./http";

/** Hides the page until the server says that the person whose it is is still signed in here; where
 * not, it is asked for anew. Without a network nobody else can have signed in. */
export async function leaveIfNotMine(): Promise<void> {
  const page = document.documentElement;
  page.hidden = true;
  try {
    await request("GET", "/api/me");
  } catch (problem) {
    if (problem instanceof Refusal && problem.isOfSignIn) return location.reload();
  }
  page.hidden = false;
}
