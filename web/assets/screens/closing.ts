/** Words chosen on the page of the minutes lead to the form that closes them to citizens: by mouse, by
 * finger and by keyboard, as the browser chooses text. */

const SHOWN_LETTERS = 40;

interface Chosen {
  words: string;
  /** Sentence and letter, counted from 1, of the first and of the last chosen letter. */
  first: string;
  start: number;
  last: string;
  end: number;
}

const bar = document.querySelector<HTMLElement>("[data-closing]");
if (bar) follow(bar);

function follow(shown: HTMLElement): void {
  const link = shown.querySelector("a")!;
  const status = shown.querySelector<HTMLElement>("[data-chosen]")!;
  document.addEventListener("selectionchange", () => {
    const chosen = chosenWords();
    shown.hidden = chosen === null;
    if (chosen === null) return;
    const letters = Array.from(chosen.words);
    const isLong = letters.length > SHOWN_LETTERS;
    const beginning = letters.slice(0, SHOWN_LETTERS).join("");
    status.textContent = `「${beginning}${isLong ? "…" : ""}」を選んでいます。`;
    link.href = `${shown.dataset.closing}?${query(chosen)}`;
  });
}

function query(chosen: Chosen): string {
  const { first, start, last, end } = chosen;
  return new URLSearchParams({
    first,
    start: `${start}`,
    last,
    end: `${end}`,
    shown: "1",
  }).toString();
}

/** What is chosen of the sentences, or null where it is nothing. */
function chosenWords(): Chosen | null {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const pieces = [...document.querySelectorAll<HTMLElement>(".paper .words")]
    .filter((sentence) => range.intersectsNode(sentence))
    .map((sentence) => ({ sentence, ...lettersWithin(sentence, range) }))
    .filter((piece) => piece.words.trim() !== "");
  const first = pieces[0];
  const last = pieces.at(-1);
  if (!first || !last) return null;
  return {
    words: pieces.map((piece) => piece.words).join(""),
    first: placeOf(first.sentence),
    start: first.start + 1,
    last: placeOf(last.sentence),
    end: last.start + Array.from(last.words).length,
  };
}

/** The chosen words of one sentence, and how many letters stand before them. */
function lettersWithin(sentence: HTMLElement, range: Range): { words: string; start: number } {
  const inside = document.createRange();
  inside.selectNodeContents(sentence);
  if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) {
    inside.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) {
    inside.setEnd(range.endContainer, range.endOffset);
  }
  const before = document.createRange();
  before.selectNodeContents(sentence);
  before.setEnd(inside.startContainer, inside.startOffset);
  return { words: inside.toString(), start: Array.from(before.toString()).length };
}

function placeOf(sentence: HTMLElement): string {
  return sentence.id.replace("said-", "");
}
