/**
 * What was typed and not saved yet, kept in this browser: it survives a reload, a crash and a
 * sign-in that ran out. By person, so that nobody saves another's words in their own name.
 */

export interface Kept {
  /** The revision of the segment that was being corrected. */
  revision: number;
  text: string;
}

const PREFIX = `gijido:typed:${document.querySelector<HTMLElement>("[data-person]")?.dataset["person"] ?? ""}:`;

export function keep(segmentId: number, kept: Kept): void {
  try {
    localStorage.setItem(PREFIX + segmentId, JSON.stringify(kept));
  } catch {
    // No room, or storage is switched off: saving to the server goes on all the same.
  }
}

export function kept(segmentId: number): Kept | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(PREFIX + segmentId) ?? "null");
    return isKept(found) ? found : null;
  } catch {
    return null;
  }
}

export function forget(segmentId: number): void {
  try {
    localStorage.removeItem(PREFIX + segmentId);
  } catch {
    // As above.
  }
}

function isKept(found: unknown): found is Kept {
  return (
    typeof found === "object" &&
    found !== null &&
    typeof (found as Kept).revision === "number" &&
    typeof (found as Kept).text === "string"
  );
}
