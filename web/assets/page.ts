/** On every page: questions before what is not done by chance, and no form sent twice. */

import { ask } from "./base/dialog";
import { button, make } from "./base/elements";
import { forgetAll, forgetOthers, registerWorker } from "./base/offline";
import { seal, unseal } from "./base/sealed";
import { PERSON } from "./base/signed-in";
import { leaveIfNotMine } from "./base/whose-page";

const SENDING_MS = 4000;

// Before anybody else sees it, and also for forms that came into the page later.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question === undefined || form.dataset.confirmed === "yes") return;
    event.preventDefault();
    const words = form.dataset.yes ?? event.submitter?.textContent?.trim() ?? "";
    ask(question, words || "はい", () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.matches("[data-upload]")) return;
  if (form.dataset.sending === "yes") {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, SENDING_MS);
});

for (const field of document.querySelectorAll<HTMLInputElement>("input[type=password]"))
  offerToShow(field);
for (const press of document.querySelectorAll("[data-print]"))
  press.addEventListener("click", () => print());
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-keep]")) keep(form);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-guard]")) guard(form);

// Citizens who read what is published need no documents kept.
if (document.querySelector("#viewer, .site-who")) void registerWorker();
// Whoever signs out, or lets another sign in, leaves no documents on the terminal.
void forgetOthers(PERSON);
document.querySelector(".site-who")?.addEventListener("submit", () => void forgetAll());

// Browsers keep pages as they were for going back.
addEventListener("pageshow", (event) => {
  if (event.persisted && PERSON) void leaveIfNotMine();
});

/** Who types a password may look at it; whoever sends it no longer can. */
function offerToShow(field: HTMLInputElement): void {
  const label = field.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  const press = button("表示", () => show(field.type === "password"), "button-quiet");
  const show = (isShown: boolean) => {
    field.type = isShown ? "text" : "password";
    press.textContent = isShown ? "隠す" : "表示";
    press.setAttribute("aria-label", `${label}を${press.textContent}`);
  };
  show(false);
  field.form?.addEventListener("submit", () => show(false));
  const hadFocus = document.activeElement === field;
  const row = make("span", { class: "with-button" });
  field.replaceWith(row);
  row.append(field, press);
  if (hadFocus) field.focus();
}

/** Leaving the page otherwise than by the form's own buttons asks, once something was typed. */
function guard(form: HTMLFormElement): void {
  let isTyped = false;
  form.addEventListener("input", () => (isTyped = true));
  form.addEventListener("submit", (event) => (isTyped = isTyped && event.defaultPrevented));
  addEventListener("beforeunload", (event) => {
    if (isTyped) event.preventDefault();
  });
}

/** What is typed into a long form outlives a closed tab; it is offered again, to whoever typed it. */
function keep(form: HTMLFormElement): void {
  const key = `gijido:form:${PERSON ?? ""}:${location.pathname}`;
  const fields = () => [
    ...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>(
      "textarea, input:not([type=hidden])",
    ),
  ];
  const kept = unseal(sessionStorage.getItem(key));
  if (kept)
    offer(
      form,
      () => {
        const values = JSON.parse(kept) as Record<string, string>;
        for (const field of fields()) field.value = values[field.name] ?? field.value;
      },
      () => sessionStorage.removeItem(key),
    );
  form.addEventListener("input", () => {
    sessionStorage.setItem(
      key,
      seal(JSON.stringify(Object.fromEntries(fields().map((f) => [f.name, f.value])))),
    );
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

function offer(form: HTMLFormElement, restore: () => void, forget: () => void): void {
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "送信していない入力が残っています。";
  const done = (act: () => void) => () => {
    act();
    notice.remove();
  };
  notice.append(
    words,
    button("入力を戻す", done(restore), "button-main"),
    button("入力を捨てる", done(forget)),
  );
  form.prepend(notice);
}
