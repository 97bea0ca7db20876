/** What the microphone gave and the server does not have yet, in the browser's own database: it
 * outlives a network that is away, a closed page and a crashed browser. */

export interface Kept {
  id: string;
  uploadsUrl: string;
  person: number;
  fileName: string;
  /** By this terminal's clock, in milliseconds; only differences are used. */
  began: number;
  /** The key of the upload, once the server knows of it. */
  upload: string | null;
  /** What stands before the first sound and is needed to read any of it. */
  head: ArrayBuffer | null;
  isEnded: boolean;
}

export interface Piece {
  recording: string;
  number: number;
  /** Its first byte's place in the upload. */
  start: number;
  content: ArrayBuffer;
  /** Where in the recording it ends. */
  seconds: number;
}

const NAME = "gijido-recordings";
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("recordings", { keyPath: "id" });
      request.result.createObjectStore("pieces", { keyPath: ["recording", "number"] });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opened;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** Done when it is in the database for good. */
async function change(
  act: (recordings: IDBObjectStore, pieces: IDBObjectStore) => void,
): Promise<void> {
  const transaction = (await open()).transaction(["recordings", "pieces"], "readwrite", {
    durability: "strict",
  });
  act(transaction.objectStore("recordings"), transaction.objectStore("pieces"));
  await new Promise<void>((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
}

const all = (recording: string) => IDBKeyRange.bound([recording, 0], [recording, Infinity]);

export async function recordings(): Promise<Kept[]> {
  const transaction = (await open()).transaction("recordings");
  return result(transaction.objectStore("recordings").getAll() as IDBRequest<Kept[]>);
}

/** From the first one that is left, in their order, `most` of them at once. */
export async function pieces(recording: string, most?: number): Promise<Piece[]> {
  const transaction = (await open()).transaction("pieces");
  return result(
    transaction.objectStore("pieces").getAll(all(recording), most) as IDBRequest<Piece[]>,
  );
}

export const keep = (recording: Kept) => change((recordings) => recordings.put(recording));

export const keepPiece = (piece: Piece) => change((_, pieces) => pieces.put(piece));

export const dropPieces = (recording: string, before: number) =>
  change((_, pieces) =>
    pieces.delete(IDBKeyRange.bound([recording, 0], [recording, before], false, true)),
  );

export const drop = (recording: string) =>
  change((recordings, pieces) => {
    recordings.delete(recording);
    pieces.delete(all(recording));
  });

/** The rest of one recording becomes another, at once or not at all. */
export const replace = (old: string, recording: Kept, parts: Piece[]) =>
  change((recordings, pieces) => {
    recordings.delete(old);
    pieces.delete(all(old));
    recordings.put(recording);
    for (const piece of parts) pieces.put(piece);
  });
