import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type JobSession, rowSource, runUpload, type UploadTarget } from "../src/index.ts";
import { journalDirectory } from "../src/node/index.ts";

// What a journal on disk costs: node test/journal-cost.ts [directory] [pairs]
//
// The same rows are uploaded into a session that takes every block at once, with a journal in memory and with one on
// disk in turns, so that all that is measured is encoding and journalling: an upper bound, since a network only adds.

const [, , directory = ".", pairs = "7"] = process.argv;
const rowCount = 3_000_000;
const columns = [
  { name: "id", type: "bigint", nullable: true, columnId: "", comment: "" },
  { name: "name", type: "string", nullable: true, columnId: "", comment: "" },
  { name: "amount", type: "double", nullable: true, columnId: "", comment: "" },
];

function* rows() {
  for (let id = 0; id < rowCount; id++)
    yield { id, name: `customer number ${id}, of somewhere`, amount: id / 3 };
}

function target(): UploadTarget {
  const stored = new Map<number, number>();
  const session: JobSession = {
    id: "s",
    schema: { columns, partitionKeys: [] },
    maxFieldBytes: 8 * 1024 * 1024,
    putBlock: async (blockId, _body, options) => {
      stored.set(blockId, Number(options?.recordCount));
      return { blockId, byteLength: 0, attempts: 1 };
    },
    refresh: async () => ({ status: "NORMAL", statusText: "normal", blocks: [] }),
    async commit(ids = [], options = {}) {
      await options.onState?.({
        kind: "posting",
        progress: {
          posts: 1,
          unsettled: 0,
          open: 0,
          earlier: 0,
          lost: 0,
          settledMs: 0,
          failedLooks: 0,
          polls: 0,
          waitedMs: 0,
          refused: false,
        },
      });
      return { sessionId: "s", blockIds: [...ids], confirmedBy: "answer", posts: 1 };
    },
  };
  return {
    table: { project: "p", table: "t" },
    create: async () => session,
    resume: async () => session,
  };
}

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function measure(path: string | undefined): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { bytes, blockIds } = await runUpload(
    target(),
    rowSource(rows, { blockBytes: 16 * 1024 * 1024 }),
    path === undefined ? {} : { job: "cost", journal: journalDirectory(path) },
  );
  const { user, system } = process.cpuUsage(cpu);
  const cost = { cpuMs: (user + system) / 1000, wallMs: performance.now() - start };
  const rate = (ms: number) => `${(bytes / 1e3 / ms).toFixed(0)} MB/s`;
  console.log(
    `${path === undefined ? "in memory" : "on disk  "}  ${blockIds.length} blocks  cpu ${cost.cpuMs.toFixed(0)} ms  wall ${cost.wallMs.toFixed(0)} ms  ${rate(cost.wallMs)}`,
  );
  return cost;
}

/** The facts of a thousand blocks and nothing else, as a load without noise shows them. */
async function measureFacts(path: string): Promise<void> {
  const { journal } = await journalDirectory(path).begin();
  const blocks = 1000;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let blockId = 0; blockId < blocks; blockId++) {
    const range = { input: 0, start: blockId, end: blockId + 1, unit: "rows" } as const;
    const sums = { checksum: 1, sourceChecksum: 2, rejected: 0 };
    await journal.append(
      { at: Date.now(), kind: "block-sealed", blockId, range, rows: 1, bytes: 1, ...sums },
      { sync: true },
    );
    await journal.append({ at: Date.now(), kind: "block-stored", blockId, sentBytes: 1, attempts: 1 });
  }
  const { user, system } = process.cpuUsage(cpu);
  const perBlock = (ms: number): string => `${(ms / blocks).toFixed(3)} ms`;
  console.log(
    `facts alone: cpu ${perBlock((user + system) / 1000)}, wall ${perBlock(performance.now() - start)} a block`,
  );
  await journal.close();
}

const path = await mkdtemp(join(directory, "journal-cost-"));
const costs: { readonly off: Cost; readonly on: Cost }[] = [];
try {
  await measureFacts(path);
  await measure(undefined);
  for (let pair = 0; pair < Number(pairs); pair++) {
    const here = join(path, `${pair}`);
    const onFirst = pair % 2 === 1;
    const first = await measure(onFirst ? here : undefined);
    const second = await measure(onFirst ? undefined : here);
    costs.push(onFirst ? { off: second, on: first } : { off: first, on: second });
  }
} finally {
  await rm(path, { recursive: true });
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
for (const name of ["cpuMs", "wallMs"] as const) {
  const ratio = median(costs.map(({ off, on }) => on[name] / off[name]));
  console.log(
    `${name === "cpuMs" ? "CPU" : "wall"}: the journal costs ${((ratio - 1) * 100).toFixed(1)} % (median of ${costs.length} pairs)`,
  );
}
