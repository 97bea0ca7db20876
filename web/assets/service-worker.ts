/** Keeps the documents of a meeting on the terminal while it runs, so that a terminal that loses
 * the network goes on reading. Everything goes away when the time is over, and with signing out.
 *
 * No imports: browsers without module workers load it too.
 */

const KEPT = "gijido-meeting";
const STATIC = "gijido-static";
const UNTIL = "/kept-until";
const WHOSE = "/kept-for";
const PATIENCE_MS = 5000;
const ASKING_MS = 2000;
const ANSWER_HOLDS_MS = 10_000;

interface Keep {
  kind: "keep";
  files: string[];
  others: string[];
  seconds: number;
  person: string;
}

interface WorkerScope extends EventTarget {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Message extends Extendable {
  data: Keep | { kind: "forget" };
  ports: readonly MessagePort[];
}

interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as WorkerScope;

worker.addEventListener("install", (event) =>
  (event as Extendable).waitUntil(worker.skipWaiting()),
);
worker.addEventListener("activate", (event) =>
  (event as Extendable).waitUntil(worker.clients.claim()),
);

worker.addEventListener("message", (event) => {
  const { data, ports } = event as Message;
  (event as Message).waitUntil(data.kind === "keep" ? keep(data, ports[0]) : forget());
});

worker.addEventListener("fetch", (event) => {
  const fetching = event as Fetching;
  const { request } = fetching;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.headers.get("Accept")?.includes("text/event-stream")) return;
  if (url.pathname.startsWith("/static/")) fetching.respondWith(fromStatic(request));
  else if (/^\/versions\/\d+\/file$/.test(url.pathname)) fetching.respondWith(fromKept(request));
  else if (isOfTheViewer(url)) fetching.respondWith(fromNetwork(request));
});

function isOfTheViewer({ pathname, search }: URL): boolean {
  if (search) return false;
  return /^\/(meetings\/\d+\/(presentation|viewer)|documents\/\d+|api\/versions\/\d+\/(pages|memos)|api\/meetings\/\d+\/(bookmarks|shown-pages))$/.test(
    pathname,
  );
}

/** Fetch what is not there yet, drop what is not among them any more, and tell how far it is. */
async function keep({ files, others, seconds, person }: Keep, port?: MessagePort): Promise<void> {
  if ((await owner()) !== person) await forget();
  const cache = await caches.open(KEPT);
  await cache.put(WHOSE, new Response(person));
  await cache.put(UNTIL, new Response(String(Date.now() + 1000 * seconds)));
  const wanted = new Set([...files, ...others, UNTIL, WHOSE]);
  for (const known of await cache.keys()) {
    if (!wanted.has(new URL(known.url).pathname)) await cache.delete(known);
  }
  let kept = 0;
  // The files last: when all of them are said to be here, the pages that show them are too.
  for (const url of [...others, ...files]) {
    try {
      if (files.includes(url) && (await cache.match(url))) kept += 1;
      else {
        const answer = await fetch(url, { cache: files.includes(url) ? "default" : "no-cache" });
        if (answer.status === 200) await cache.put(url, answer);
        if (answer.status === 200 && files.includes(url)) kept += 1;
      }
    } catch {
      // Without the network, or without room: what is there stays, the rest is told below.
    }
    port?.postMessage({ kept, of: files.length });
  }
  port?.postMessage({ kept, of: files.length, isDone: true });
}

async function forget(): Promise<void> {
  asked.clear();
  await caches.delete(KEPT);
}

/** Whose documents are kept here; null where there are none. */
async function owner(): Promise<string | null> {
  if (!(await caches.has(KEPT))) return null;
  return (await (await (await caches.open(KEPT)).match(WHOSE))?.text()) ?? null;
}

/** After the meeting nothing of it stays on the terminal. */
async function kept(): Promise<Cache | null> {
  if (!(await caches.has(KEPT))) return null;
  const cache = await caches.open(KEPT);
  const until = Number(await (await cache.match(UNTIL))?.text());
  if (until > Date.now()) return cache;
  await forget();
  return null;
}

/** The document that is kept here, once the server has said that it may still be read on this
 * terminal; without an answer from it, as during a meeting whose network is lost, too. */
async function fromKept(request: Request): Promise<Response> {
  const cache = await kept();
  const whole = await cache?.match(new URL(request.url).pathname);
  if (!cache || !whole) return fetch(request);
  const refusal = await refused(request.url);
  if (refusal === null) return part(whole, request.headers.get("Range"));
  await forgetRefused(cache, request, refusal);
  return fetch(request);
}

/** What was asked lately, and until when it holds: a reader fetches many ranges of a file, some at
 * the same moment, and each waits for the same answer. */
const asked = new Map<string, { until: number; refusal: Promise<number | null> }>();

/** The status with which the server refuses this address now; null when it does not, or is not
 * there to say so. */
async function refused(url: string): Promise<number | null> {
  const known = asked.get(url);
  if (known && known.until > Date.now()) return known.refusal;
  const refusal = ask(url);
  asked.set(url, { until: Date.now() + ANSWER_HOLDS_MS, refusal });
  // Whoever signs in again is not held to what was answered before.
  if ((await refusal) !== null) asked.delete(url);
  return refusal;
}

/** As `refused`, from the server, without the body. */
async function ask(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: "HEAD",
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(ASKING_MS),
    });
    return isRefusal(answer) ? answer.status : null;
  } catch {
    return null;
  }
}

/** Not signed in any more (which leads elsewhere or is said), or not allowed to read this one. */
function isRefusal({ status, type }: Response): boolean {
  return type === "opaqueredirect" || status === 401 || status === 403 || isGone(status);
}

/** Not there for this reader, or deleted when its time was over. */
function isGone(status: number): boolean {
  return status === 404 || status === 410;
}

/** What one may not read any more goes; everything, when nobody is signed in here any more. */
async function forgetRefused(cache: Cache, request: Request, status: number): Promise<void> {
  if (isGone(status)) await cache.delete(new URL(request.url).pathname);
  else await forget();
}

/** The bytes that were asked for, out of the whole file. */
async function part(whole: Response, range: string | null): Promise<Response> {
  const found = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  if (!found) return whole;
  const all = await whole.blob();
  const start = Number(found[1]);
  const end = Math.min(found[2] ? Number(found[2]) : all.size - 1, all.size - 1);
  const headers = {
    "Content-Type": "application/pdf",
    "Content-Range": `bytes ${start}-${end}/${all.size}`,
    "Content-Length": String(end - start + 1),
    "Accept-Ranges": "bytes",
  };
  return new Response(all.slice(start, end + 1), { status: 206, headers });
}

async function fromNetwork(request: Request): Promise<Response> {
  const cache = await kept();
  if (!cache) return fetch(request);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 200 && !answer.redirected) await cache.put(request, answer.clone());
    else if (new URL(answer.url).pathname === "/sign-in") await forget();
    else if (isRefusal(answer)) await forgetRefused(cache, request, answer.status);
    else if (answer.status === 503) return (await cache.match(request)) ?? answer; // as without a network
    return answer;
  } catch (problem) {
    const known =
      (await cache.match(request)) ??
      (request.mode === "navigate" ? await theMeeting(cache) : undefined);
    if (known) return known;
    throw problem;
  }
}

/** The viewer of the meeting that is kept; it finds by the address which document is meant. */
async function theMeeting(cache: Cache): Promise<Response | undefined> {
  const page = (await cache.keys()).find((known) =>
    new URL(known.url).pathname.endsWith("/presentation"),
  );
  return page && cache.match(page);
}

/** Built files have their content's hash in their name; the others are asked for again. */
async function fromStatic(request: Request): Promise<Response> {
  const cache = await caches.open(STATIC);
  const known = await cache.match(request);
  if (known && new URL(request.url).pathname.startsWith("/static/assets/")) return known;
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await cache.put(request, answer.clone());
    return answer;
  } catch (problem) {
    if (known) return known;
    throw problem;
  }
}
