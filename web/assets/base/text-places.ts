/** Places in a text. The server counts characters, a text field counts 「𠮷」 as two. */

/** The place in the field of a place in characters. */
export function inField(text: string, characters: number): number {
  return [...text].slice(0, characters).join("").length;
}

/** The place in characters of a place in the field. */
export function inCharacters(text: string, place: number): number {
  return [...text.slice(0, place)].length;
}

/** What the server will make of a text: one line, no space around it. */
export function plain(text: string): string {
  return text.split(/\s+/u).filter(Boolean).join(" ");
}
