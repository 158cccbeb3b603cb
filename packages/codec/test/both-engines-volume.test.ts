import { expect, it } from "vitest";
import { isCodecError, RecordPack } from "../src/index.ts";
import { loadKernel } from "../src/kernel/kernel.ts";
import { type GeneratedTable, generateTable, Random } from "./generated-rows.ts";

/** ROWS=20000000 and SEED=7 make it another run. */
const rowsWanted = Number(process.env["ROWS"] ?? 1_000_000);
const firstSeed = Number(process.env["SEED"] ?? 20_261_122);
const rowsPerTable = 2500;
/** So many different rows of a table are made; which of them comes next is at random. */
const differentRows = 500;

const counts = { tables: 0, made: 0, rows: 0, refused: 0, allNull: 0, smallChecksums: 0, bytes: 0 };

it("the kernel, row by row and together, and the plain path are one, over a million rows of every type and nesting", () => {
  expect(loadKernel()).toBeDefined();
  for (let seed = firstSeed; counts.rows < rowsWanted; seed++) {
    const random = new Random(seed);
    runBoth(counts.tables % 50 === 7 ? smallChecksums : generateTable(random), random, seed);
    counts.tables++;
  }
  process.stdout.write(`both engines: ${JSON.stringify(counts)}\n`);
  expect(counts.rows).toBeGreaterThanOrEqual(rowsWanted);
  expect(counts.allNull).toBeGreaterThan(rowsWanted / 100);
  expect(counts.refused).toBeGreaterThan(rowsWanted / 1000);
  expect(counts.smallChecksums).toBeGreaterThan(rowsWanted / 1000);
  // However many packs there were, the kernel keeps no more than the largest of them had to have.
  expect(loadKernel()?.bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
}, 600_000);

/** Numbers whose records have a checksum below 128, found by trying. */
const smallChecksums: GeneratedTable = {
  columns: [{ name: "n", type: "bigint" }],
  row: (random) => [random.pick([36_637_859, 56_585_251n, 108_868_600, 118_313_848, 141_275_925])],
};

/** Puts rows through both by turns, asks both for what they have at random, and holds the answers together. */
function runBoth(table: GeneratedTable, random: Random, seed: number): void {
  const chunkBytes = random.pick([50, 4096, 65_536, 1024 * 1024]);
  const limits = random.once(30)
    ? { maxFieldBytes: 1 + random.below(60), maxRecordBytes: 1 + random.below(600) }
    : {};
  const asObjects = random.once(3);
  const packs = (["auto", "js"] as const).map(
    (kernel) => new RecordPack<unknown>(table.columns, { kernel, chunkBytes, ...limits }),
  );
  const [fast, plain] = packs as [RecordPack<unknown>, RecordPack<unknown>];
  const together = new RecordPack<unknown>(table.columns, { kernel: "auto", chunkBytes, ...limits });
  const waiting: unknown[] = [];
  const refused: string[] = [];
  /** Rows go in together when something is asked for, and sooner at random. */
  const settle = (): void => {
    same(refusalsTogether(together, waiting).join("\n"), refused.join("\n"), seed);
    waiting.length = 0;
    refused.length = 0;
    same(together.recordCount, plain.recordCount, seed);
  };
  const made = Array.from({ length: differentRows }, () => table.row(random));
  const rows = asObjects ? made.map((values) => asObject(table, values)) : made;
  counts.made += made.length;
  for (let count = 0; count < rowsPerTable; count++) {
    const index = random.below(differentRows);
    const row = rows[index];
    const refusals = packs.map((pack) => refusal(pack, row));
    same(refusals[0], refusals[1], seed);
    waiting.push(row);
    if (refusals[1] !== undefined) refused.push(refusals[1]);
    counts.rows++;
    if (refusals[0] !== undefined) counts.refused++;
    if (made[index]?.length === 0) counts.allNull++;
    if (table === smallChecksums) counts.smallChecksums++;
    if (random.once(700)) settle();
    if (!random.once(200)) continue;
    if (random.once(2)) settle();
    const asksAll = waiting.length === 0;
    same(fast.recordCount, plain.recordCount, seed);
    if (fast.byteLengthAtMost < plain.byteLength) throw new Error(`seed ${seed}: too small an estimate`);
    switch (random.below(4)) {
      case 0:
        same(fast.byteLength, plain.byteLength, seed);
        if (asksAll) same(together.byteLength, plain.byteLength, seed);
        break;
      case 1: {
        settle();
        const drained = bytesOf(plain.drain());
        same(bytesOf(fast.drain()), drained, seed);
        same(bytesOf(together.drain()), drained, seed);
        break;
      }
      case 2:
        settle();
        sameSeal([fast, together], plain, seed);
        break;
      default:
        settle();
        for (const pack of [...packs, together]) pack.clear();
    }
  }
  settle();
  sameSeal([fast, together], plain, seed);
}

function sameSeal(packs: readonly RecordPack<unknown>[], plain: RecordPack<unknown>, seed: number): void {
  const { chunks: plainChunks, ...plainSealed } = plain.seal();
  const expected = bytesOf(plainChunks);
  for (const pack of packs) {
    const { chunks, ...sealed } = pack.seal();
    same(JSON.stringify(sealed), JSON.stringify(plainSealed), seed);
    same(bytesOf(chunks), expected, seed);
  }
  counts.bytes += plainSealed.byteLength;
}

/** Appends rows together, but for those that are refused. */
function refusalsTogether(pack: RecordPack<unknown>, rows: readonly unknown[]): string[] {
  const refusals: string[] = [];
  for (let from = 0; from < rows.length; ) {
    const before = pack.recordCount;
    try {
      from = pack.appendRows(rows, { from });
    } catch (error) {
      refusals.push(described(error));
      from += pack.recordCount - before + 1;
    }
  }
  return refusals;
}

function refusal(pack: RecordPack<unknown>, row: unknown): string | undefined {
  try {
    pack.append(row);
  } catch (error) {
    return described(error);
  }
  return undefined;
}

function described(error: unknown): string {
  if (!isCodecError(error)) throw error;
  return `${error.code} ${error.row} ${error.path} ${error.message}`;
}

function asObject(table: GeneratedTable, values: readonly unknown[]): object {
  const object: Record<string, unknown> = {};
  for (let index = 0; index < values.length; index++) object[table.columns[index]!.name] = values[index];
  return object;
}

/** The bytes themselves, whatever the chunks. */
function bytesOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString("latin1");
}

/** Quicker than an assertion, of which there would be millions. */
function same(one: unknown, other: unknown, seed: number): void {
  if (one !== other) throw new Error(`seed ${seed}: Expected ${String(other)}, got ${String(one)}`);
}
