/** The elements that scripts make, and how they are found. */

/** An element that the page must have. */
export function required<E extends HTMLElement>(selector: string, root: ParentNode = document): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

/** An element with attributes and children, in one expression. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that shows `words`; `label` says more to those who cannot see where it stands. */
export function button(
  words: string,
  press: () => void,
  className = "",
  label = words,
): HTMLButtonElement {
  const made = make("button", { type: "button" }, words);
  if (className) made.className = className;
  if (label !== words) {
    made.setAttribute("aria-label", label);
    made.title = label;
  }
  made.addEventListener("click", press);
  return made;
}

/** What went wrong, where it went wrong; it is read aloud at once. */
export function alert(words = "", className = ""): HTMLElement {
  return make("p", className ? { class: className, role: "alert" } : { role: "alert" }, words);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Whether this is pressed or written into by itself, so that it means nothing to what lies under
 * it. */
export function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, input, textarea") !== null;
}
