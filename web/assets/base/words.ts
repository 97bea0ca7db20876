/** Lengths and rates as everywhere else on the screens (meetings/dates.py, web/app.py). */

import type { Counts } from "../transcript/server";

export function position(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}

export function length(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours) return `${hours}時間${minutes}分`;
  return minutes ? `${minutes}分${whole % 60}秒` : `${whole}秒`;
}

export function percent(rate: number | null): string {
  return rate === null ? "—" : `${(100 * rate).toFixed(1)} %`;
}

type Rated = Pick<Counts, "total" | "wrong" | "missing">;

/** M of N alone, in percent. */
export function rateOf({ total, wrong, missing }: Rated): string {
  return percent(total ? (total - wrong - missing) / total : null);
}

/** 「N字中M字を正しく変換」, as minutes/accuracy.py says it. */
export function withRate({ total, wrong, missing }: Counts): string {
  const right = total - wrong - missing;
  const words = `${total.toLocaleString("ja")}字中${right.toLocaleString("ja")}字を正しく変換`;
  return `${words}（${rateOf({ total, wrong, missing })}）`;
}

/** What the server will make of it: one line, no space around it. */
export function plain(text: string): string {
  return text.split(/\s+/u).filter(Boolean).join(" ");
}

/** The server counts characters, a text field counts 「𠮷」 as two: a place of the server's in it. */
export function inField(text: string, characters: number): number {
  return [...text].slice(0, characters).join("").length;
}

/** And the other way round. */
export function inCharacters(text: string, place: number): number {
  return [...text.slice(0, place)].length;
}

/** An element that the page must have. */
export function required<E extends HTMLElement>(selector: string, root: ParentNode = document): E {
  const found = root.querySelector<E>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
}

type Attributes = Record<string, string>;

/** An element with attributes and children, in one expression. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
