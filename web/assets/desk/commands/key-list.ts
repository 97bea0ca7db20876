/** キー操作: every key in a box of its own, each to be changed for this browser. */

import { make, required } from "../../base/elements";
import type { Action, KeyBindings } from "./key-bindings";
import { pressed, shown } from "./key-bindings";

const HOW =
  "かな漢字変換の途中は働きません。フットペダルなどに合わせるときは「変える」を押し、使いたいキーを押してください。この端末だけで有効です。";

export class KeyList {
  private readonly box = make("dialog", { class: "key-list", "aria-labelledby": "key-list-title" });
  private readonly table = make("table", {});
  private readonly problem = make("p", { class: "key-problem", role: "status" });
  private asking: Action | null = null;

  constructor(private readonly keys: KeyBindings) {
    const close = make("button", { type: "button", class: "button button-main" }, "閉じる");
    const reset = make("button", { type: "button", class: "button" }, "はじめの設定に戻す");
    close.addEventListener("click", () => this.box.close());
    reset.addEventListener("click", () => {
      keys.reset();
      this.fill();
    });
    const title = make("h2", { id: "key-list-title" }, "キー操作");
    const how = make("p", { class: "quiet" }, HOW);
    const foot = make("p", { class: "actions" }, close, reset);
    this.box.append(title, how, this.table, this.problem, foot);
    this.box.addEventListener("keydown", (event) => this.taken(event), { capture: true });
    this.box.addEventListener("close", () => (this.asking = null));
    document.body.append(this.box);
    required("[data-keys]").addEventListener("click", () => this.open());
  }

  open(): void {
    if (this.box.open) return;
    this.fill();
    this.box.showModal();
  }

  private fill(): void {
    this.problem.textContent = "";
    const rows = this.keys.actions.map((action) => this.row(action));
    this.table.replaceChildren(make("tbody", {}, ...rows));
  }

  private row(action: Action): Node {
    const marks = this.keys.keysOf(action).flatMap((key) => [make("kbd", {}, shown(key)), " "]);
    const isAsked = this.asking === action;
    const cell = isAsked
      ? make("td", {}, make("strong", {}, "使いたいキーを押してください"))
      : make("td", {}, ...marks);
    const change = make(
      "button",
      { type: "button", class: "button" },
      isAsked ? "やめる" : "変える",
    );
    change.setAttribute("aria-label", `${action.words}のキーを${change.textContent}`);
    change.addEventListener("click", () => {
      this.asking = isAsked ? null : action;
      this.fill();
      this.table.querySelectorAll("button")[this.keys.actions.indexOf(action)]?.focus();
    });
    return make("tr", {}, make("th", { scope: "row" }, action.words), cell, make("td", {}, change));
  }

  private taken(event: KeyboardEvent): void {
    const key = pressed(event);
    if (!this.asking || !key || key === "Tab" || key === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const { asking } = this;
    this.asking = null;
    const other = key === "Escape" ? null : this.keys.change(asking, key);
    this.fill();
    if (other)
      this.problem.textContent = `${shown(key)} は「${other.words}」で使っています。ほかのキーを選んでください。`;
  }
}
