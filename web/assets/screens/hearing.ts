/** Hearing the minutes while reading them: from sentence to sentence, the one that is heard marked
 * and in view. Without this script every 聞く is a link to a page that plays one sentence. */

import { send } from "../base/http";

/** A sentence and its seconds in a sound; a clip is heard from its begin to its end. */
interface Piece {
  element: HTMLElement;
  url: string;
  from: number;
  until: number;
}

const SAME_BREATH_SECONDS = 1.5;
const HEAD_PIXELS = 64;
const AFTER_PIXELS = 24;

class Hearing {
  private readonly audio = new Audio();
  private readonly toggleButton: HTMLButtonElement;
  private readonly place: HTMLAnchorElement;
  private readonly problem: HTMLElement;
  private readonly speed: HTMLSelectElement;
  private here = -1;
  private url = "";

  constructor(
    private readonly bar: HTMLElement,
    private readonly pieces: Piece[],
  ) {
    this.audio.preload = "auto";
    this.toggleButton = this.inBar("[data-toggle]");
    this.place = this.inBar("[data-place]");
    this.problem = this.inBar("[data-problem]");
    this.speed = this.inBar("[data-speed]");
    this.toggleButton.addEventListener("click", () => this.toggle());
    this.inBar("[data-back]").addEventListener("click", () => this.go(Math.max(0, this.here - 1)));
    this.inBar("[data-forward]").addEventListener("click", () => this.go(this.here + 1));
    this.inBar("[data-close]").addEventListener("click", () => this.close());
    this.speed.addEventListener("change", () => this.takeSpeed());
    this.audio.addEventListener("loadedmetadata", () => this.takeSpeed());
    for (const event of ["play", "pause", "ended"])
      this.audio.addEventListener(event, () => this.showState());
    this.audio.addEventListener("ended", () => this.goOn());
    this.audio.addEventListener("playing", () => {
      this.problem.hidden = true;
    });
    this.audio.addEventListener("error", () => this.fail());
    this.audio.addEventListener("timeupdate", () => this.follow());
  }

  get isOpen(): boolean {
    return !this.bar.hidden;
  }

  start(element: HTMLElement): void {
    const found = this.pieces.findIndex((piece) => piece.element === element);
    if (found < 0) return;
    this.bar.hidden = false;
    this.go(found);
  }

  close(): void {
    this.audio.pause();
    this.mark(null);
    this.bar.hidden = true;
    this.pieces[this.here]?.element
      .closest(".said, .minutes-paragraph")
      ?.querySelector<HTMLElement>(".listen")
      ?.focus();
  }

  private toggle(): void {
    if (!this.audio.paused) this.audio.pause();
    else if (this.isOver) this.go(this.here);
    else void this.play();
  }

  private get isOver(): boolean {
    const piece = this.pieces[this.here];
    return (
      this.audio.error !== null ||
      this.audio.ended ||
      !piece ||
      this.audio.currentTime >= piece.until
    );
  }

  private go(place: number): void {
    const piece = this.pieces[place];
    if (!piece) return;
    this.reach(place);
    if (piece.url !== this.url || this.audio.error) {
      this.url = piece.url;
      this.audio.src = piece.url;
    }
    this.audio.currentTime = piece.from;
    void this.play();
  }

  /** The sentence is over: the next one, without a seek where the sound runs on into it. */
  private goOn(): void {
    const piece = this.pieces[this.here];
    const next = this.pieces[this.here + 1];
    if (!piece || !next) {
      this.audio.pause();
      return;
    }
    const pause = next.from - piece.until;
    const runsOn =
      next.url === this.url && Math.abs(pause) < SAME_BREATH_SECONDS && !this.audio.ended;
    if (runsOn) this.reach(this.here + 1);
    else this.go(this.here + 1);
  }

  private follow(): void {
    const piece = this.pieces[this.here];
    if (piece && !this.audio.paused && this.audio.currentTime >= piece.until) this.goOn();
  }

  private async play(): Promise<void> {
    try {
      await this.audio.play();
    } catch {
      this.showState(); // another sentence was wanted meanwhile, or the browser wants a press
    }
  }

  /** Where the reader has scrolled away, the page stays where it is. */
  private reach(place: number): void {
    const before = this.pieces[this.here]?.element;
    const { element } = this.pieces[place]!;
    const wasSeen = !before || this.isInView(before);
    this.here = place;
    this.mark(element);
    this.place.hidden = !element.id;
    this.place.href = `#${element.id}`;
    this.place.textContent = `この文へのリンク（${element.dataset.at ?? ""}）`;
    const following = this.pieces[place + 1];
    if (following && following.url !== this.pieces[place]!.url) void warm(following.url);
    if (wasSeen && !this.isInView(element)) show(element);
  }

  private mark(element: HTMLElement | null): void {
    for (const piece of this.pieces)
      piece.element.classList.toggle("is-heard", piece.element === element);
  }

  private isInView(element: HTMLElement): boolean {
    const { top, bottom } = element.getBoundingClientRect();
    return top < innerHeight - this.bar.offsetHeight - AFTER_PIXELS && bottom > HEAD_PIXELS;
  }

  private takeSpeed(): void {
    this.audio.playbackRate = Number(this.speed.value);
  }

  private showState(): void {
    this.toggleButton.textContent = this.audio.paused ? "▶ 再生" : "❚❚ 止める";
  }

  private fail(): void {
    this.showState();
    this.problem.hidden = false;
  }

  private inBar<Kind extends HTMLElement>(selector: string): Kind {
    return this.bar.querySelector<Kind>(selector)!;
  }
}

function show(element: HTMLElement): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
}

/** The next clip is made, and fetched, while this one is heard. */
async function warm(url: string): Promise<void> {
  try {
    await (await send("GET", url)).arrayBuffer();
  } catch {
    // It is asked for again when its turn comes, and told then.
  }
}

function pieceOf(element: HTMLElement): Piece {
  const [url, seconds] = element.dataset.sound!.split("#t=") as [string, string?];
  const [from, until] = seconds ? seconds.split(",").map(Number) : [0, Infinity];
  return { element, url, from: from!, until: until! };
}

const bar = document.querySelector<HTMLElement>("[data-hearing]");
const spoken = [...document.querySelectorAll<HTMLElement>("[data-sound]")];
if (bar && spoken.length) {
  const hearing = new Hearing(bar, spoken.map(pieceOf));
  document.addEventListener("click", (event) => {
    const pressed = event.target as HTMLElement;
    const link = pressed.closest<HTMLElement>("[data-hear]");
    const wanted = link
      ? document.getElementById(link.dataset.hear!)
      : pressed.closest<HTMLElement>(".words[data-sound]");
    // A press on a sentence moves there; whoever marks words only wants to copy them.
    if (
      !wanted ||
      (!link && (!hearing.isOpen || !getSelection()?.isCollapsed || pressed.closest("a")))
    )
      return;
    event.preventDefault();
    hearing.start(wanted);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && hearing.isOpen) hearing.close();
  });
}
