/** Just enough of WebM and fragmented MP4 to begin a second file in the middle of a first one:
 * what stands before the sound, and where a piece of sound begins that can be read by itself. */

const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];
const MOOF = [0x6d, 0x6f, 0x6f, 0x66];

function isMp4(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(4, 8)) === "ftyp";
}

function found(bytes: Uint8Array, mark: number[], at: number): boolean {
  return mark.every((byte, index) => bytes[at + index] === byte);
}

/** The places where a readable piece of sound begins, in `bytes` of a file that began with `head`. */
function starts(head: Uint8Array, bytes: Uint8Array): number[] {
  const [mark, before] = isMp4(head) ? [MOOF, 4] : [CLUSTER, 0];
  const places: number[] = [];
  for (let at = before; at <= bytes.length - mark.length; at += 1) {
    if (found(bytes, mark, at)) places.push(at - before);
  }
  return places;
}

/** What stands before the first sound; null while it is not all there. */
export function headOf(beginning: Uint8Array<ArrayBuffer>): ArrayBuffer | null {
  const first = starts(beginning, beginning)[0];
  return first === undefined ? null : beginning.slice(0, first).buffer;
}

/** The last place at or before `limit` from which the sound can be read by itself. */
export function lastStart(head: ArrayBuffer, bytes: Uint8Array, limit: number): number | null {
  return (
    starts(new Uint8Array(head), bytes)
      .filter((place) => place <= limit)
      .pop() ?? null
  );
}
