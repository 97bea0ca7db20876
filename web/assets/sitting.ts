/** 当日: the part that changes by itself is fetched anew every few seconds. */

const EVERY_MS = 5000;

for (const box of document.querySelectorAll<HTMLElement>("[data-refresh]")) {
  setInterval(() => void refresh(box), EVERY_MS);
}

/** Not while the person works in it. */
async function refresh(box: HTMLElement): Promise<void> {
  if (document.hidden || box.contains(document.activeElement)) return;
  try {
    const answer = await fetch(box.dataset.refresh!);
    if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
  } catch {
    // The network is away: what is shown stays, the next time may succeed.
  }
}
