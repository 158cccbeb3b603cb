import type { Awaitable } from "./awaitable.ts";

/**
 * The keyed hashes that signing needs, sync or async as the platform likes.
 * Inputs are only read; outputs belong to the caller.
 */
export interface Hmac {
  /** HMAC-SHA1 of `data` under `key`: 20 bytes. */
  sha1(key: Uint8Array, data: Uint8Array): Awaitable<Uint8Array>;
  /** HMAC-SHA256 of `data` under `key`: 32 bytes. */
  sha256(key: Uint8Array, data: Uint8Array): Awaitable<Uint8Array>;
}

/** An {@link Hmac} that never waits: with it every signing function gives its result at once. */
export interface SyncHmac extends Hmac {
  sha1(key: Uint8Array, data: Uint8Array): Uint8Array;
  sha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** The platform's WebCrypto as an {@link Hmac}: Node, browsers, Deno, Bun and workers all have it. */
export const webCryptoHmac: Hmac = {
  sha1: (key, data) => webCrypto("SHA-1", key, data),
  sha256: (key, data) => webCrypto("SHA-256", key, data),
};

/** UTF-8 bytes of a text, the form in which keys and strings to sign are hashed. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Standard base64 with padding, the form in which signatures travel. */
export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

async function webCrypto(hash: string, key: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  const imported = await subtle.importKey("raw", new Uint8Array(key), { name: "HMAC", hash }, false, [
    "sign",
  ]);
  return new Uint8Array(await subtle.sign("HMAC", imported, new Uint8Array(data)));
}
