/** One place for what concerns the whole page; said once, not at every try. */

import { make, required } from "../base/elements";
import { Refusal } from "../base/http";

export class ErrorBanner {
  private readonly element = required<HTMLElement>("[data-trouble]");
  private shown = "";

  /** `words`: instead of the refusal's own; null: there is none any more. */
  tell(refusal: Refusal | null, words?: string): void {
    const shown = refusal ? (words ?? sentence(refusal)) : "";
    if (this.shown === shown) return;
    this.shown = shown;
    this.element.hidden = !shown;
    this.element.replaceChildren(shown);
    if (refusal?.isOfSignIn) this.element.append(signInLink());
  }
}

/** Returns the problem, if the server or the network made it; throws everything else. */
export function asRefusal(problem: unknown): Refusal {
  if (problem instanceof Refusal) return problem;
  throw problem;
}

function sentence(refusal: Refusal): string {
  return refusal.status === 401
    ? "サインインが切れました。入力した文はこの端末に残してあります。サインインすると自動で保存します。"
    : refusal.message;
}

function signInLink(): HTMLElement {
  const words = "新しいタブでサインインする";
  const target = "/sign-in?next=/today";
  return make("a", { href: target, target: "_blank", rel: "opener" }, words);
}
