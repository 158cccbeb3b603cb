import { expect, it } from "vitest";
import { chooseCompression } from "./compression-policy.ts";

const mb = 1e6;
/** What was measured for record packs of real flights on one core. */
const zstd = { name: "zstd", level: 1, bytesPerSecond: 283 * mb, ratio: 2.4 } as const;
const deflate = { name: "deflate", level: 1, bytesPerSecond: 98 * mb, ratio: 2.2 } as const;
const machine = { encodeBytesPerSecond: 300 * mb, threads: 2, trials: [deflate, zstd] };
const on = (linkBytesPerSecond: number) => chooseCompression({ ...machine, linkBytesPerSecond }).name;

it("does not compress where the link is faster than the encoder", () => {
  expect(on(2000 * mb)).toBe("none");
  expect(on(600 * mb)).toBe("none");
  // Compressing would take 291 MB/s away from 300.
  expect(on(300 * mb)).toBe("none");
});

it("compresses where the link is the limit, with what moves most", () => {
  expect(on(200 * mb)).toBe("zstd");
  expect(on(12 * mb)).toBe("zstd");
  expect(chooseCompression({ ...machine, linkBytesPerSecond: 12 * mb, trials: [deflate] }).name).toBe(
    "deflate",
  );
});

it("says what it expects", () => {
  expect(chooseCompression({ ...machine, linkBytesPerSecond: 10 * mb })).toEqual({
    name: "zstd",
    level: 1,
    plainBytesPerSecond: 10 * mb,
    expectedBytesPerSecond: 24 * mb,
  });
});

it("does not bother for little, nor with data that does not shrink", () => {
  const random = { ...zstd, ratio: 1.1 };
  expect(chooseCompression({ ...machine, linkBytesPerSecond: 10 * mb, trials: [random] }).name).toBe("none");
  expect(chooseCompression({ ...machine, linkBytesPerSecond: 10 * mb, trials: [] }).name).toBe("none");
});
