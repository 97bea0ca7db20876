/** The service worker is there on every page, so that it can also take away what it kept. */

export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/service-worker.js");
}

/** Nothing of the meeting stays on the terminal. */
export async function forgetAll(): Promise<void> {
  if ("caches" in window) await caches.delete("gijido-meeting");
}
