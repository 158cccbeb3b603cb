import { stat } from "node:fs/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { EncodeTask } from "../src/format/format.ts";
import type { BlockRunner, RunningTask } from "../src/pool/block-runner.ts";
import { InlineRunner } from "../src/pool/inline-runner.ts";
import { HeldBlocks } from "../src/produce/held-blocks.ts";
import { RangeProduction } from "../src/produce/range-production.ts";
import { RejectBook } from "../src/produce/reject-book.ts";
import { Survey } from "../src/survey/survey.ts";
import { rowsOf, type SeenBlock, scratch } from "./support.ts";

const columns = [
  { name: "id", type: "bigint" },
  { name: "text", type: "string" },
];

/** Begins many tasks at a time on one thread, so that ranges are begun before those before them have ended. */
class WideRunner implements BlockRunner {
  readonly slots = 5;
  started = 0;
  readonly #inner = new InlineRunner();

  start(task: EncodeTask): RunningTask {
    this.started += 1;
    return this.#inner.start(task);
  }

  useCompression(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** All blocks of a file with ranges of about so many bytes. */
async function blocksOf(path: string, rangeBytes: number, runner: WideRunner): Promise<SeenBlock[]> {
  const { size, mtimeMs } = await stat(path);
  const input = { name: path, path, file: { size, modifiedMs: mtimeMs } };
  const { signal } = new AbortController();
  const { inputs } = await new Survey([input], { workers: 5, header: "absent" }, signal).of(columns);
  const [found] = inputs;
  const source = { ...found!, survey: { ...found!.survey, encodedPerUnit: 1 } };
  const production: RangeProduction = new RangeProduction([source], {
    columns,
    runner,
    held: new HeldBlocks(8, () => production.advance()),
    rejects: new RejectBook(0, undefined),
    size: { blockBytes: rangeBytes, mostBlockBytes: rangeBytes, blocks: undefined, warnings: [] },
    rejectLimit: 1,
    maxFieldBytes: 8 * 1024 * 1024,
    onRead: () => undefined,
    onEncoded: () => undefined,
    startsSmall: false,
    signal,
  });
  const seen: SeenBlock[] = [];
  for await (const { chunks, release, ...block } of production.blocks()) {
    seen.push({ ...block, body: new Uint8Array(Buffer.concat(chunks)) });
    release?.();
  }
  await runner.close();
  return seen;
}

/** Text made of what tells records apart, so that there are starts of records everywhere, true ones and others. */
const field = fc.string({
  unit: fc.constantFrom("a", ",", "\n", '"', "1,x\n2,y\n3,z\n4,w\n", '"\n"'),
  maxLength: 30,
});

it("finds every record once, however often it guesses wrong", { timeout: 120_000 }, async () => {
  await using folder = await scratch();
  let guessedWrong = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(field, { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 8, max: 400 }),
      async (texts, rangeBytes) => {
        const lines = texts.map((text, id) => `${id},"${text.replaceAll('"', '""')}"\n`);
        const path = await folder.write("a.csv", lines.join(""));
        const runner = new WideRunner();
        const blocks = await blocksOf(path, rangeBytes, runner);
        expect(rowsOf(columns, blocks)).toEqual(texts.map((text, id) => ({ id: BigInt(id), text })));
        guessedWrong += runner.started > blocks.length ? 1 : 0;
      },
    ),
    { numRuns: 200 },
  );
  expect(guessedWrong).toBeGreaterThan(0);
});
