/** The page is opened anew only while nothing is being sent or recorded from it. */

let works = 0;
let isWanted = false;

/** Until the returned function is called, the page stays, and asks before it is closed. */
export function stay(): () => void {
  if (works++ === 0) addEventListener("beforeunload", ask);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--works) return;
    removeEventListener("beforeunload", ask);
    if (isWanted) location.reload();
  };
}

export function reloadWhenIdle(): void {
  if (works === 0) location.reload();
  isWanted = true;
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
