/** 当日: the part that changes by itself is fetched anew every few seconds. */

import { fragment } from "../base/http";

const EVERY_MS = 5000;

for (const box of document.querySelectorAll<HTMLElement>("[data-refresh]")) {
  setInterval(() => void refresh(box), EVERY_MS);
}

/** Not while the person works in it. */
async function refresh(box: HTMLElement): Promise<void> {
  if (document.hidden || box.contains(document.activeElement)) return;
  const fresh = await fragment(box.dataset.refresh!);
  if (fresh !== null) box.innerHTML = fresh;
}
