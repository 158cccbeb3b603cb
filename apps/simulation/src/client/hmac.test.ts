import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { quickHmac } from "./hmac.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 37) & 0xff);

it.each([
  [0, 0],
  [20, 5],
  [64, 64],
  [65, 200],
  [200, 1000],
])("hashes as node:crypto does, under a key of %i bytes", (keyBytes, dataBytes) => {
  const [key, data] = [bytes(keyBytes), bytes(dataBytes)];
  for (const algorithm of ["sha1", "sha256"] as const) {
    const expected = createHmac(algorithm, key).update(data).digest("hex");
    expect(Buffer.from(quickHmac[algorithm](key, data)).toString("hex")).toBe(expected);
  }
});
