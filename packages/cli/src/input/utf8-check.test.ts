import fc from "fast-check";
import { expect, it } from "vitest";
import { Utf8Check } from "./utf8-check.ts";

/** Length of the longest valid beginning, found the slow way. */
function validLength(bytes: Uint8Array): number {
  for (let length = bytes.byteLength; length > 0; length -= 1) {
    try {
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
      return length;
    } catch {
      // Try a shorter one.
    }
  }
  return 0;
}

it("finds the first bad byte wherever chunks are cut", () => {
  const text = fc
    .string({ unit: "binary", maxLength: 12 })
    .map((value) => [...Buffer.from(value.toWellFormed())]);
  const noise = fc.array(fc.nat(255), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.oneof(text, noise), { maxLength: 8 }), fc.nat(20), (parts, step) => {
      const bytes = Uint8Array.from(parts.flat());
      const check = new Utf8Check();
      let bad: number | undefined;
      for (let at = 0; at < bytes.byteLength && bad === undefined; at += step + 1) {
        bad = check.push(bytes.subarray(at, at + step + 1));
      }
      bad ??= check.end();
      const valid = validLength(bytes);
      expect(bad).toBe(valid === bytes.byteLength ? undefined : valid);
    }),
    { numRuns: 3000 },
  );
});
