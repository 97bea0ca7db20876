/**
 * Keys that neither a Japanese input method nor a browser wants: nothing happens while a
 * conversion is open, and moving by word (Ctrl+←) stays with the text field.
 */

export interface Actions {
  toggle(): void;
  step(way: number): void;
  confirmAndGoOn(): void;
  move(way: number): void;
}

const FORM_FIELDS = "select, input:not([type=range], [type=checkbox]), dialog *, summary";

export function listenForKeys(actions: Actions): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.metaKey) return;
    const action = chosen(event, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function chosen(event: KeyboardEvent, actions: Actions): (() => void) | null {
  if (event.ctrlKey) {
    if (event.code === "Space") return () => actions.toggle();
    if (event.key === "Enter") return () => actions.confirmAndGoOn();
    if (event.key === "ArrowUp") return () => actions.move(-1);
    if (event.key === "ArrowDown") return () => actions.move(1);
    return null;
  }
  if (event.key === "F2") return () => actions.step(-1);
  if (event.key === "F4") return () => actions.step(1);
  // Escape closes lists and boxes first.
  const isFree = !(event.target instanceof Element && event.target.matches(FORM_FIELDS));
  return event.key === "Escape" && isFree ? () => actions.toggle() : null;
}
