/** The bar above the page, and the signs over it: who presents, who follows, how the facts come in. */

import { button, make } from "../../base/elements";
import type { ViewerData } from "../data";
import { whatIsGoingOn, whereThePresenterIs } from "../words";
import type { Following } from "./following";
import type { Link, LiveState } from "./live-connection";
import type { Pointing } from "./pointing";

const LINK_WORDS: Record<Link, string> = {
  connecting: "接続しています…",
  stream: "接続中",
  polling: "接続中（定期問い合わせ）",
  lost: "通信が切れています",
};

/** The parts of the viewer whose state the bar shows. */
export interface ToppedParts {
  readonly data: ViewerData;
  readonly following: Following;
  readonly pointing: Pointing;
  showLead(): void;
}

export class TopBar {
  readonly element = make("header", { class: "viewer-bar viewer-top" });
  readonly title = make("h1", { class: "viewer-title" });
  readonly lostSign = make("p", { class: "viewer-lost", role: "status" });
  readonly wayBack: HTMLButtonElement;
  private readonly linkSign = make("span", { class: "viewer-link", role: "status" });
  /** Who presents, and which item is discussed. */
  private readonly now = make("p", { class: "viewer-now" });
  private readonly followTab: HTMLButtonElement;
  private readonly ownTab: HTMLButtonElement;
  private readonly showToAll: HTMLButtonElement;
  private readonly lead: HTMLButtonElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly viewer: ToppedParts,
  ) {
    const { following, pointing } = viewer;
    const follow = (): void => following.follow();
    this.followTab = button("発表", follow, "viewer-tab");
    this.ownTab = button("自分", () => following.leave(), "viewer-tab");
    this.wayBack = button("発表に戻る", follow, "viewer-way-back");
    const toggle = (): void => void following.togglePresenting();
    this.showToAll = button("みんなに見せる", toggle, "viewer-show");
    this.lead = button("発表の操作", () => viewer.showLead());
    this.lostSign.hidden = true;
    this.element.append(
      make("a", { class: "button", href: viewer.data.meeting.url }, "会議に戻る"),
      this.tabs(),
      this.title,
      this.linkSign,
      pointing.press,
      this.showToAll,
      this.lead,
      this.now,
    );
    following.changed.listen(() => this.show());
  }

  show(): void {
    const { state, isPresenting, isShowing, isOn } = this.viewer.following;
    this.root.dataset.mode = isOn ? "follow" : "own";
    this.root.dataset.presenting = isPresenting ? "yes" : "no";
    this.root.dataset.showing = isShowing ? "yes" : "no";
    this.now.textContent = whatIsGoingOn(state, this.viewer.data.items);
    this.now.hidden = !this.now.textContent;
    this.lostSign.textContent = `通信が切れています。届いている資料は読めます。${isOn && state?.turn ? "戻ると、発表の頁に自動で合わせます。" : ""}`;
    this.followTab.setAttribute("aria-pressed", String(isOn));
    this.ownTab.setAttribute("aria-pressed", String(!isOn));
    this.showWayBack(state);
    this.showWhatMayBeDone(state);
  }

  /** How the facts come in. */
  showLink(link: Link): void {
    this.root.dataset.link = link;
    this.linkSign.textContent = LINK_WORDS[link];
    this.linkSign.dataset.link = link;
    this.lostSign.hidden = link !== "lost";
  }

  /** How many documents are kept on this terminal. */
  showKept(kept: number, of: number): void {
    this.root.dataset.kept = `${kept}/${of}`;
    this.linkSign.title = `資料 ${kept}／${of}件をこの端末に保存しました（会議の間だけ）`;
  }

  private tabs(): HTMLElement {
    const attributes = { class: "viewer-tabs", role: "group", "aria-label": "読み方" };
    const tabs = make("div", attributes, this.followTab, this.ownTab);
    tabs.hidden = !this.viewer.data.meeting.is_open;
    return tabs;
  }

  private showWayBack(state: LiveState | null): void {
    const { isOn, isTurnWaiting } = this.viewer.following;
    this.wayBack.hidden = !state?.turn || (isOn && !isTurnWaiting);
    if (state?.turn) this.wayBack.textContent = this.wordsOfWayBack(state);
  }

  private showWhatMayBeDone(state: LiveState | null): void {
    const { following, pointing } = this.viewer;
    const { me, meeting } = this.viewer.data;
    const { isPresenting, isShowing } = following;
    const mayShow = isPresenting || (me.may_present && (!state?.presenter || me.may_take));
    this.showToAll.hidden = !meeting.is_open || !mayShow;
    this.showToAll.setAttribute("aria-pressed", String(isShowing));
    this.showToAll.textContent = this.wordsOfShowing(state);
    this.showToAll.setAttribute("aria-label", this.showToAll.textContent);
    this.lead.hidden = !meeting.is_open || !(isPresenting || me.may_take || me.may_change_item);
    pointing.press.hidden = !isShowing;
    if (!isShowing) pointing.end();
  }

  private wordsOfShowing(state: LiveState | null): string {
    const { isShowing, isPresenting } = this.viewer.following;
    if (isShowing) return "みんなに見せています";
    if (isPresenting) return "この頁をみんなに見せる";
    return state?.presenter ? "発表を引き取る" : "みんなに見せる";
  }

  private wordsOfWayBack(state: LiveState): string {
    const { isTurnWaiting, isPresenting } = this.viewer.following;
    const place = whereThePresenterIs(state, this.viewer.data.documents);
    if (isTurnWaiting) return `メモを終えて、発表に合わせる（いま ${place}）`;
    return isPresenting
      ? `みんなに見えている頁に戻る（いま ${place}）`
      : `発表に戻る（いま ${place}）`;
  }
}
