/** What waits on this terminal for its writer, unreadable for whoever takes the terminal next: it is
 * encrypted with a key that the server gives to the writer's own pages alone. In plain JavaScript,
 * since browsers give their own ciphers to pages over TLS only. */

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { managedNonce } from "@noble/ciphers/utils.js";

const MARK = "sealed:";

/** Returns the text as it may lie in the browser's storage. */
export function seal(text: string): string {
  const cipher = ownCipher();
  if (!cipher) return text; // a page of nobody
  return MARK + base64(cipher.encrypt(new TextEncoder().encode(text)));
}

/** Returns the text that was sealed for the person whose page this is; null where it was sealed for
 * somebody else. What was kept before there were seals is returned as it is. */
export function unseal(kept: string | null): string | null {
  if (!kept?.startsWith(MARK)) return kept;
  try {
    const bytes = ownCipher()?.decrypt(bytesOf(kept.slice(MARK.length)));
    return bytes ? new TextDecoder().decode(bytes) : null;
  } catch {
    return null;
  }
}

function ownCipher() {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="terminal-key"]');
  return meta?.content ? managedNonce(xchacha20poly1305)(bytesOf(meta.content)) : null;
}

function base64(bytes: Uint8Array): string {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
