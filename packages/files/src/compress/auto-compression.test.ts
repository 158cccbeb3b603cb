import type { ProducedBlock, UploadEvent } from "@maxcompute-tunnel/writer";
import { expect, it } from "vitest";
import { AutoCompression } from "./auto-compression.ts";

const mebibyte = 1024 * 1024;

/** Blocks of 8 MiB, one at a time, behind a first one of 1 MiB; text that zstd makes much smaller. */
async function verdicts(firstMs: number, othersMs: number): Promise<string[]> {
  let time = 0;
  const chosen: string[] = [];
  const auto = new AutoCompression({
    threads: 1,
    encoded: () => ({ bytes: 100 * mebibyte, ms: 500 }),
    use: async ({ name }) => {
      chosen.push(name);
    },
    // The trial of zstd is timed too: it seems to take 4 ms for its mebibyte.
    now: () => (time += 2),
  });
  for (let index = 0; index < 6; index++) {
    const bytes = index === 0 ? mebibyte : 8 * mebibyte;
    await auto.note(block(bytes));
    await auto.hear({ kind: "block-sealed", block: { bytes } } as UploadEvent);
    time += index === 0 ? firstMs : othersMs;
    await auto.hear({ kind: "block-stored", block: { bytes, sentBytes: bytes } } as UploadEvent);
  }
  return chosen;
}

function block(bytes: number): ProducedBlock {
  const chunk = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at++) chunk[at] = (at * 7) & 31;
  return { chunks: [chunk], rows: 1, bytes } as unknown as ProducedBlock;
}

it("sends blocks as they are on a quick link, however long the first one took to get going", async () => {
  expect(await verdicts(300, 10)).toEqual(["none"]);
});

it("compresses once a few blocks have shown the link to be the limit", async () => {
  expect(await verdicts(100, 800)).toEqual(["zstd"]);
});

it("compresses after the first block where that took very long, and thinks again when the others do not", async () => {
  expect(await verdicts(2000, 800)).toEqual(["zstd"]);
  expect(await verdicts(2000, 10)).toEqual(["zstd", "none"]);
});
