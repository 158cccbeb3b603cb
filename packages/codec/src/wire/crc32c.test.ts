import { describe, expect, it } from "vitest";
import { fromHex, goldenCases } from "../../test/golden-values.ts";
import { crc32c, crcStart, crcValue, feed1, feed4, feed8, feed12 } from "./crc32c.ts";
import { crc32cOfBoth, crcShift } from "./crc32c-combine.ts";

const digits = new TextEncoder().encode("123456789");
/** Longer than every unrolled step, and not a multiple of any. */
const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 131 + 7) & 255);

describe("crc32c", () => {
  it.each(goldenCases<{ hex: string; crc32c: number }>("crc32c"))("of $hex is $crc32c", (golden) => {
    expect(crc32c(fromHex(golden.hex))).toBe(golden.crc32c);
  });

  it("goes on from an earlier checksum, wherever the bytes are cut", () => {
    for (let cut = 0; cut <= digits.length; cut++) {
      expect(crc32c(digits.subarray(cut), crc32c(digits.subarray(0, cut)))).toBe(0xe3069283);
    }
  });

  it("is the same bit by bit, for every length up to 100 and any alignment", () => {
    for (let start = 0; start < 9; start++) {
      for (let length = 0; length < 100; length++) {
        const part = bytes.subarray(start, start + length);
        expect(crc32c(part)).toBe(bitByBit(part));
      }
    }
  });

  it("takes words as their bytes, little-endian", () => {
    const word = (value: number) => [value, value >> 8, value >> 16, value >> 24];
    const [a, b, c] = [0x01020304, -2, 0x7fffffff];
    expect(crcValue(feed4(crcStart, a))).toBe(crc32c(Uint8Array.from(word(a))));
    expect(crcValue(feed8(crcStart, b, a))).toBe(crc32c(Uint8Array.from([...word(b), ...word(a)])));
    expect(crcValue(feed12(crcStart, a, b, c))).toBe(
      crc32c(Uint8Array.from([...word(a), ...word(b), ...word(c)])),
    );
    expect(crcValue(feed1(crcStart, 0x80))).toBe(crc32c(Uint8Array.of(0x80)));
  });
});

describe("the checksum of two runs", () => {
  it("follows from their checksums", () => {
    for (const cut of [0, 1, 2, 3, 8, 255, 256, 257, 999, 1000]) {
      const first = crc32c(bytes.subarray(0, cut));
      const second = crc32c(bytes.subarray(cut));
      expect(crc32cOfBoth(first, second, crcShift(1000 - cut))).toBe(crc32c(bytes));
    }
  });
});

function bitByBit(part: Uint8Array): number {
  let crc = ~0;
  for (const byte of part) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
