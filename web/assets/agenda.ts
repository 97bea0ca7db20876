/** Dragging agenda items among their siblings; the buttons do the same without a pointer. */

const list = document.querySelector<HTMLElement>("[data-agenda]");
const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
let dragged: HTMLElement | null = null;

for (const item of list?.querySelectorAll<HTMLElement>("[data-agenda-item]") ?? []) {
  const grip = item.querySelector<HTMLElement>("[data-grip]");
  if (!grip) continue;
  grip.draggable = true;
  grip.addEventListener("dragstart", (event) => {
    dragged = item;
    event.dataTransfer?.setDragImage(item, 0, 0);
  });
  item.addEventListener("dragover", (event) => {
    if (!dragged || dragged === item || dragged.dataset["parent"] !== item.dataset["parent"]) return;
    event.preventDefault();
    item.classList.add("is-over");
  });
  item.addEventListener("dragleave", () => item.classList.remove("is-over"));
  item.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged) void place(dragged, item);
  });
}

/** Put `moved` where `target` stands now. */
async function place(moved: HTMLElement, target: HTMLElement): Promise<void> {
  const parent = moved.dataset["parent"] ?? "";
  const siblings = [...list!.querySelectorAll<HTMLElement>("[data-agenda-item]")].filter((i) => i.dataset["parent"] === parent);
  const form = new URLSearchParams({ csrf_token: token, parent_id: parent, position: String(siblings.indexOf(target)) });
  await fetch(moved.dataset["placeUrl"]!, { method: "POST", body: form });
  location.reload();
}
