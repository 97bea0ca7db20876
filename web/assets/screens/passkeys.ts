/** Passkeys: made on 「アカウント」, asked for when somebody signs in. */

import type { PasskeyRequestAnswer, RecoveryCodesAnswer } from "../base/api-types";
import { Refusal, request } from "../base/http";

const NOT_HERE =
  "この端末かこのアドレスでは、パスキーを使えません（https で開いたときだけ使えます）。";
/** Where one signs in anew before something that matters. */
const AGAIN = "/sign-in?again=yes&next=/account";
const NOT_DONE = "パスキーを使えませんでした。もう一度お試しください。";

interface Descriptor {
  id: string;
  type: "public-key";
}

interface Options {
  challenge: string;
  user?: { id: string };
  excludeCredentials?: Descriptor[];
  allowCredentials?: Descriptor[];
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-make-passkey]"))
  press(form, () => make(form));
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-use-passkey]"))
  press(form, () => use(form));

/** Shows the form where there can be passkeys, and says what went wrong. */
function press(form: HTMLFormElement, act: () => Promise<void>): void {
  const said = form.querySelector<HTMLElement>("[role=status]")!;
  const button = form.querySelector<HTMLButtonElement>("button")!;
  if (!("PublicKeyCredential" in window)) {
    said.textContent = NOT_HERE;
    return;
  }
  button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said.textContent = "";
    button.disabled = true;
    act()
      .catch((problem: unknown) => {
        if (problem instanceof Refusal && problem.status === 403) location.assign(AGAIN);
        said.textContent = sentence(problem);
      })
      .finally(() => (button.disabled = false));
  });
}

function sentence(problem: unknown): string {
  if (problem instanceof Refusal) return problem.message;
  return problem instanceof DOMException && problem.name === "SecurityError" ? NOT_HERE : NOT_DONE;
}

async function make(form: HTMLFormElement): Promise<void> {
  const name = form.querySelector<HTMLInputElement>("[name=name]")!.value;
  const { token, options } = await ask("/api/me/passkey-requests");
  const made = (await navigator.credentials.create({
    publicKey: binary(options) as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  const credential = {
    ...named(made),
    response: {
      clientDataJSON: encoded(response.clientDataJSON),
      attestationObject: encoded(response.attestationObject),
    },
  };
  const { codes } = await request<RecoveryCodesAnswer>("POST", "/api/me/passkeys", {
    token,
    credential,
    name,
  });
  if (codes.length) show(codes);
  else location.reload();
}

async function use(form: HTMLFormElement): Promise<void> {
  const { token, options } = await ask("/api/passkey-requests");
  const signed = (await navigator.credentials.get({
    publicKey: binary(options) as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential;
  const response = signed.response as AuthenticatorAssertionResponse;
  const credential = {
    ...named(signed),
    response: {
      clientDataJSON: encoded(response.clientDataJSON),
      authenticatorData: encoded(response.authenticatorData),
      signature: encoded(response.signature),
      userHandle: response.userHandle ? encoded(response.userHandle) : null,
    },
  };
  await request("POST", "/api/sign-ins", { token, credential });
  location.assign(form.dataset.usePasskey!);
}

async function ask(path: string): Promise<{ token: string; options: Options }> {
  const { token, options } = await request<PasskeyRequestAnswer>("POST", path);
  return { token, options: options as unknown as Options };
}

/** The codes are shown once, in the place of everything else. */
function show(codes: string[]): void {
  const shown = document.querySelector<HTMLElement>("[data-new-codes]")!;
  const list = shown.querySelector("ol")!;
  list.replaceChildren(
    ...codes.map((code) => {
      const line = document.createElement("li");
      line.textContent = code;
      return line;
    }),
  );
  for (const other of shown.parentElement!.children) (other as HTMLElement).hidden = true;
  shown.hidden = false;
  shown.querySelector("h2")!.focus();
}

function named({ id, type, rawId }: PublicKeyCredential) {
  return { id, type, rawId: encoded(rawId) };
}

/** Browsers of some years ago do not read these options as JSON by themselves. */
function binary(options: Options): object {
  const whose = options.user ? { user: { ...options.user, id: decoded(options.user.id) } } : {};
  return {
    ...options,
    ...whose,
    challenge: decoded(options.challenge),
    excludeCredentials: options.excludeCredentials?.map(decodedDescriptor),
    allowCredentials: options.allowCredentials?.map(decodedDescriptor),
  };
}

function decodedDescriptor(one: Descriptor) {
  return { ...one, id: decoded(one.id) };
}

function encoded(bytes: ArrayBuffer): string {
  const letters = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
