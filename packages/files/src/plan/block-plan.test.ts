import { expect, it } from "vitest";
import { growingBlockBytes, sizeBlocks } from "./block-plan.ts";

const mib = 1024 * 1024;
const gib = 1024 * mib;
const room = { asked: undefined, memoryBytes: 160 * mib, blocksHeld: 10 };

it("takes 16 MiB as long as the blocks stay few", () => {
  expect(sizeBlocks({ ...room, encodedBytes: 100 * mib })).toEqual({
    blockBytes: 16 * mib,
    mostBlockBytes: 16 * mib,
    blocks: 7,
    warnings: [],
  });
  expect(sizeBlocks({ ...room, encodedBytes: 6 * gib }).blockBytes).toBe(16 * mib);
  expect(sizeBlocks({ ...room, encodedBytes: 0 }).blocks).toBe(1);
});

it("takes more when there would be more than the service takes in five minutes, if memory allows", () => {
  const roomy = { ...room, memoryBytes: 2 * gib };
  expect(sizeBlocks({ ...roomy, encodedBytes: 40 * gib })).toMatchObject({
    blockBytes: 107_374_183,
    blocks: 400,
    warnings: [],
  });
});

it("warns where memory does not allow it", () => {
  expect(sizeBlocks({ ...room, encodedBytes: 40 * gib })).toMatchObject({
    blockBytes: 16 * mib,
    blocks: 2560,
    warnings: [
      "About 2560 blocks are needed; the service takes 500 for a table in five minutes and will make a faster load wait.",
    ],
  });
  expect(sizeBlocks({ ...room, encodedBytes: 400 * gib }).warnings).toEqual([
    "About 25600 blocks are needed and a session has 20000: larger blocks, or more memory for them, are needed.",
  ]);
});

it("takes less than 16 MiB where memory is short, and what was asked for whatever happens", () => {
  expect(sizeBlocks({ ...room, memoryBytes: 40 * mib, encodedBytes: gib }).blockBytes).toBe(4 * mib);
  expect(sizeBlocks({ ...room, memoryBytes: 1, encodedBytes: gib }).blockBytes).toBe(mib);
  expect(sizeBlocks({ ...room, asked: 5000, encodedBytes: 10_000 })).toMatchObject({
    blockBytes: 5000,
    blocks: 2,
  });
});

it("lets blocks of an input of unknown length grow with their number, up to what memory allows", () => {
  const size = sizeBlocks({ ...room, memoryBytes: gib, encodedBytes: undefined });
  expect(size).toEqual({
    blockBytes: 16 * mib,
    mostBlockBytes: Math.floor(gib / 10),
    blocks: undefined,
    warnings: [],
  });
  expect([0, 249, 250, 500, 750, 20_000].map((made) => growingBlockBytes(made, size))).toEqual([
    16 * mib,
    16 * mib,
    32 * mib,
    64 * mib,
    107_374_182,
    107_374_182,
  ]);
});
