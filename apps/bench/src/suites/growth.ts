import { flightsCsv } from "../data/files.ts";
import { type Contender, modulePath, ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { GrowOptions } from "../ours/grow.ts";
import type { UploadFileOptions } from "../ours/upload-files.ts";
import { startBareSink } from "../servers/bench-servers.ts";
import type { BenchContext, Curve, Suite } from "./suite.ts";

/** How cost grows with rows, columns, the size of rows, and blocks in flight. */
export const growthSuite: Suite = async (context) => ({
  id: "growth",
  title: "How cost grows",
  text: "Curves; each point is the median of its runs.",
  lines: [],
  curves: [
    await byRows(context),
    await byColumns(context),
    await byRowSize(context),
    await byBlocks(context),
  ],
});

async function byRows(context: BenchContext): Promise<Curve> {
  const counts = context.short ? [1_000, 10_000] : [100_000, 1_000_000, 10_000_000];
  return {
    id: "rows",
    title: "Rows",
    x: "rows",
    y: "rows/s",
    text: `Ten columns, packs of 16 MiB. A row costs the same however many there are: nothing is kept but the pack that is open. What
is below on the left is the first tenth of a second, in which the engine still compiles.`,
    series: await series(context, counts, (rows, from) => {
      const repeated = Math.min(rows, 100_000);
      return { from, columns: 10, textBytes: 20, rows: repeated, times: rows / repeated };
    }),
  };
}

async function byColumns(context: BenchContext): Promise<Curve> {
  const counts = [5, 10, 20, 50, 100, 200, 500];
  const values = context.short ? 10_000 : 4_000_000;
  return {
    id: "columns",
    title: "Columns",
    x: "columns",
    y: "values/s",
    text: `The same number of values in fewer, wider rows: by turns a number, a fraction and a text of 12. A row of 500 costs what its
values cost; the row itself (its end, its checksum) shows on the left, where five values share it.`,
    series: await series(
      context,
      counts,
      (columns, from) => ({ from, columns, textBytes: 12, rows: Math.round(values / columns) }),
      (columns) => columns,
    ),
  };
}

async function byRowSize(context: BenchContext): Promise<Curve> {
  const sizes = [20, 100, 1_000, 10_000, 100_000, 1_000_000];
  const bytes = context.short ? 2_000_000 : 64_000_000;
  return {
    id: "row-size",
    title: "Size of a row",
    x: "bytes of the row's text",
    y: "MB/s",
    text: `A number, a fraction and one text that grows. Small rows cost by the value, large ones by the byte: what is left there is
finding where a field ends, checking its UTF-8, copying it and its checksum.`,
    series: await series(context, sizes, (textBytes, from) => ({
      from,
      columns: 3,
      textBytes,
      rows: Math.min(500_000, Math.max(4, Math.round(bytes / (textBytes + 20)))),
    })),
  };
}

async function byBlocks(context: BenchContext): Promise<Curve> {
  const { short } = context;
  const counts = short ? [1, 4] : [1, 2, 4, 8, 16];
  const file = await flightsCsv(short ? 2_000 : 3_000_000);
  const delayMs = 100;
  await using sink = await startBareSink(delayMs);
  const contenders = counts.map((parallel): Contender => {
    const files: UploadFileOptions["files"] = { workers: 1, parallel, blockBytes: 4 * 1024 * 1024 };
    const options: UploadFileOptions = { path: file.path, table: "flights", files };
    const args = [modulePath("ours/upload-files.js"), JSON.stringify(options)];
    return {
      id: `blocks@${parallel}`,
      label: `${parallel} blocks in flight`,
      program: {
        kind: "once",
        file: process.execPath,
        args,
        env: sink.env,
        rows: file.rows,
        bytes: file.bytes,
      },
    };
  });
  const lines = await measureRounds(contenders, {
    rounds: short ? 1 : 2,
    server: sink,
    progress: context.progress,
  });
  return {
    id: "blocks",
    title: "Blocks in flight",
    x: "blocks in flight",
    y: "rows/s",
    text: `Flights in blocks of 4 MiB to a server that answers each block ${delayMs} ms late, as one far away does. One block at a time waits for
every answer; with enough of them under way the time is that of encoding and sending, and more of them change nothing.`,
    series: [{ name: "uploadFiles", points: lines.map((line, index) => ({ x: counts[index] ?? 0, line })) }],
  };
}

async function series(
  context: BenchContext,
  xs: readonly number[],
  optionsOf: (x: number, from: GrowOptions["from"]) => GrowOptions,
  valuesOf?: (x: number) => number,
): Promise<Curve["series"]> {
  const names = { text: "TextPack", rows: "RecordPack, arrays" } as const;
  const result: Curve["series"][number][] = [];
  for (const from of ["text", "rows"] as const) {
    const contenders = xs.map((x) => ({
      id: `${from}@${x}`,
      label: `${names[from]}, ${x}`,
      program: ownLoop("ours/grow.js", optionsOf(x, from)),
      // Ten million rows take as many seconds.
      ...(x >= 10_000_000 ? { every: 3 } : {}),
    }));
    const { short, progress } = context;
    const lines = await measureRounds(contenders, {
      rounds: short ? 1 : 3,
      warmUps: short ? 0 : 1,
      progress,
    });
    const points = lines.map((line, index) => {
      const x = xs[index] ?? 0;
      return { x, line, ...(valuesOf === undefined ? {} : { values: valuesOf(x) }) };
    });
    result.push({ name: names[from], points });
  }
  return result;
}
