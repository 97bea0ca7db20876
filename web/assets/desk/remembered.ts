/** What this browser remembers for its user. Without storage (full, switched off) a choice lasts as
 * long as the page. */

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** An object; empty where nothing, or no object, is remembered. */
export function rememberedObject(key: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(remembered(key) ?? "{}");
    return typeof found === "object" && found !== null ? { ...found } : {};
  } catch {
    return {};
  }
}
