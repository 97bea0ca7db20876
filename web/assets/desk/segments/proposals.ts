/** 修正候補 under a segment: the word, why, the page that prints it, and one decision each. */

import { make } from "../../base/elements";
import type { Proposal } from "../server";

export type Decision = "acceptance" | "refusal";

/** Replaces what `place` shows; `decide` is called with what a person chose. */
export function showProposals(
  place: HTMLElement,
  proposals: Proposal[],
  decide: ((proposal: Proposal, decision: Decision) => void) | null,
): void {
  place.hidden = proposals.length === 0;
  place.replaceChildren(...proposals.map((proposal) => line(proposal, decide)));
}

function line(
  proposal: Proposal,
  decide: ((proposal: Proposal, decision: Decision) => void) | null,
): Node {
  const { before, after, was_changed: wasChanged } = proposal;
  const words = make("span", { class: "proposal-words" });
  words.append(
    make("span", { class: "visually-hidden" }, wasChanged ? "直した箇所：" : "候補："),
    make("del", {}, before || "（なし）"),
    make("span", { "aria-hidden": "true" }, " → "),
    make("ins", {}, after || "（除く）"),
  );
  const why = make("span", { class: "proposal-reason" }, proposal.reason);
  if (proposal.page) {
    const link = { href: proposal.page, target: "_blank", rel: "noopener" };
    why.append(" ", make("a", link, "頁を開く"));
  }
  const kind = make("span", { class: "proposal-kind" }, wasChanged ? "自動で修正" : "候補");
  const element = make("li", { class: wasChanged ? "proposal is-changed" : "proposal" });
  element.append(kind, words, why);
  if (decide) {
    const yes = make("button", { type: "button", class: "button" }, wasChanged ? "よい" : "採る");
    const no = make(
      "button",
      { type: "button", class: "button" },
      wasChanged ? "聞き取りに戻す" : "採らない",
    );
    for (const button of [yes, no])
      button.setAttribute("aria-label", `${button.textContent}：${before} → ${after}`);
    yes.addEventListener("click", () => decide(proposal, "acceptance"));
    no.addEventListener("click", () => decide(proposal, "refusal"));
    element.append(make("span", { class: "proposal-choice" }, yes, no));
  }
  return element;
}
