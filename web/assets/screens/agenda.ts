/** Dragging agenda items among their siblings, by mouse, pen or finger; the arrows do the same
 * without a pointer. Like every button of the form it saves what was typed. */

const EDGE = 80;
const STEP = 12;

const form = document.querySelector<HTMLFormElement>("form[data-agenda]");
const items = [...(form?.querySelectorAll<HTMLElement>("[data-agenda-item]") ?? [])];

for (const hint of document.querySelectorAll<HTMLElement>("[data-grip-only]")) hint.hidden = false;
for (const item of items) {
  const grip = item.querySelector<HTMLElement>("[data-grip]")!;
  grip.hidden = false;
  grip.addEventListener("pointerdown", (event) => {
    if (event.isPrimary && event.button === 0) drag(item, grip, event);
  });
}

function drag(item: HTMLElement, grip: HTMLElement, begin: PointerEvent): void {
  const siblings = items.filter((other) => other.dataset.parent === item.dataset.parent);
  let target: HTMLElement | undefined;
  begin.preventDefault();
  grip.setPointerCapture(begin.pointerId);
  item.classList.add("is-dragged");

  const move = (event: PointerEvent) => {
    if (event.clientY < EDGE) scrollBy(0, -STEP);
    if (event.clientY > innerHeight - EDGE) scrollBy(0, STEP);
    mark(siblings.find((other) => isAt(other, event.clientY)));
  };
  const end = (event: PointerEvent) => {
    for (const [name, listener] of Object.entries({
      pointermove: move,
      pointerup: end,
      pointercancel: end,
    })) {
      grip.removeEventListener(name, listener as EventListener);
    }
    const reached = event.type === "pointerup" ? target : undefined;
    mark(undefined);
    item.classList.remove("is-dragged");
    if (reached && reached !== item) place(item, siblings.indexOf(reached));
  };
  const mark = (reached: HTMLElement | undefined) => {
    target?.classList.remove("is-over");
    target = reached;
    if (target !== item) target?.classList.add("is-over");
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", end);
  grip.addEventListener("pointercancel", end);
}

function isAt(item: HTMLElement, y: number): boolean {
  const { top, bottom } = item.getBoundingClientRect();
  return top <= y && y < bottom;
}

function place(item: HTMLElement, position: number): void {
  const act = document.createElement("button");
  act.name = "act";
  act.value = ["place", item.dataset.agendaItem, item.dataset.parent || 0, position].join(":");
  act.hidden = true;
  form!.append(act);
  form!.requestSubmit(act);
}
