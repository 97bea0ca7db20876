/** The service worker is there on every page, so that it can also take away what it kept. */

export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/service-worker.js");
}

const KEPT = "gijido-meeting";
/** In the cache beside the documents: whose they are. */
const WHOSE = "/kept-for";

/** What another person left on the terminal goes as soon as a page of somebody else, or of nobody,
 * is opened there. */
export async function forgetOthers(person: string | undefined): Promise<void> {
  if (!("caches" in window) || !(await caches.has(KEPT))) return;
  const owner = await (await (await caches.open(KEPT)).match(WHOSE))?.text();
  if (!person || owner !== person) await forgetAll();
}

/** Nothing of the meeting stays on the terminal. */
export async function forgetAll(): Promise<void> {
  if ("caches" in window) await caches.delete(KEPT);
}
