import { parseType } from "@maxcompute-tunnel/codec/schema";
import type { ClientProcess } from "../client-process.ts";
import { expectEqual, expectSame } from "../expect.ts";
import type { Feature, FeatureContext } from "../feature.ts";
import { difference } from "../same-rows.ts";
import {
  documents,
  fractionalIntervals,
  inBlocks,
  intervals,
  many,
  nested,
  nestedWithoutMap,
  type SampleTable,
  sales,
  scalars,
} from "../tables.ts";
import { tellRows, tellValue } from "../told-value.ts";

const goIntervals = {
  go: {
    message: /Row 1, column span: Expected 93784s 5ns, got 93784s 0ns/,
    why: "its constructor of intervals drops the fraction of a second",
    async reproduce(client: ClientProcess) {
      const { nanos } = await client.call({ op: "make-interval", seconds: 93784, nanos: 5 });
      expectEqual(nanos, 0, "nanoseconds of an interval made of 93784 s and 5 ns");
    },
  },
} as const;

/** Rows written by the client, in two blocks, and read back both by it and by the emulator's own reader. */
export const uploadFeatures: readonly Feature[] = [
  upload("records: scalar types", scalars, "records"),
  upload("records: nested types", nested, "records"),
  upload("records: intervals", intervals, "records"),
  { ...upload("records: intervals with fractions", fractionalIntervals, "records"), defects: goIntervals },
  upload("records: JSON", documents, "records"),
  upload("records: deflate", scalars, "records", { compression: "deflate" }),
  upload("records: snappy", scalars, "records", { compression: "snappy" }),
  upload("records: zstd", scalars, "records", { compression: "zstd" }),
  {
    ...upload("records: lz4", scalars, "records", { compression: "lz4" }),
    absent: { go: "the client has no lz4" },
  },
  {
    ...upload("buffered writer", many, "buffered"),
    absent: { go: "the client has no buffered writer for blocks" },
  },
  upload("Arrow: scalar types", scalars, "arrow"),
  upload("Arrow: nested types", nestedWithoutMap, "arrow"),
  {
    ...upload("Arrow: maps", nested, "arrow"),
    absent: { go: "the client's Arrow code leaves maps out" },
  },
  upload("Arrow: deflate", scalars, "arrow", { compression: "deflate" }),
  {
    ...upload("Arrow: snappy", scalars, "arrow", { compression: "snappy" }),
  },
  {
    ...upload("Arrow: zstd", scalars, "arrow", { compression: "zstd" }),
    absent: { java: "the client has no zstd for Arrow blocks" },
  },
  {
    ...upload("Arrow: lz4", scalars, "arrow", { compression: "arrow-lz4" }),
    absent: { go: "the client has no lz4" },
  },
  {
    ...upload("Arrow: buffered writer", scalars, "buffered-arrow"),
    absent: {
      go: "the client has no buffered writer for blocks",
      java: "the client has no buffered Arrow writer",
    },
  },
  {
    group: "Upload",
    name: "empty upload",
    async run({ client, emulator, table }) {
      const name = table("empty");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [[]] });
      expectEqual((await emulator.readRows(name)).length, 0, "rows");
    },
  },
  {
    group: "Upload",
    name: "overwrite",
    async run({ client, emulator, table }) {
      const name = table("replaced");
      await create(client, name, sales);
      const rows = tellRows(sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [rows] });
      await client.call({
        op: "upload",
        table: name,
        writer: "records",
        blocks: [rows.slice(0, 1)],
        overwrite: true,
      });
      expectSame(difference(rows.slice(0, 1), await stored({ emulator }, name, sales), sales.columns));
    },
  },
  {
    group: "Upload",
    name: "into a partition that is created on the way",
    async run({ client, emulator, table }) {
      const name = table("sales");
      const partitionKeys = [
        { name: "pt", type: "string" },
        { name: "region", type: "string" },
      ];
      await client.call({ op: "create-table", table: name, columns: sales.columns, partitionKeys });
      const partition = "pt=20240101,region=cn";
      await client.call({
        op: "upload",
        table: name,
        partition,
        createPartition: true,
        writer: "records",
        blocks: [tellRows(sales)],
      });
      expectSame(
        difference(tellRows(sales), await stored({ emulator }, name, sales, partition), sales.columns),
      );
      const { rows } = await client.call({ op: "download", table: name, partition, format: "records" });
      expectSame(difference(tellRows(sales), rows, sales.columns));
    },
  },
];

export function upload(
  name: string,
  sample: SampleTable,
  writer: "records" | "buffered" | "arrow" | "buffered-arrow",
  options: { readonly compression?: string } = {},
): Feature {
  return {
    group: "Upload",
    name,
    async run({ client, emulator, table }) {
      const into = table("up");
      await create(client, into, sample);
      const rows = tellRows(sample);
      const receipt = await client.call({
        op: "upload",
        table: into,
        writer,
        blocks: inBlocks(rows),
        ...options,
      });
      if (writer === "records" || writer === "arrow") expectEqual(receipt["listed"], [0, 1], "block list");
      expectSame(difference(rows, await stored({ emulator }, into, sample), sample.columns));
      const back = await client.call({ op: "download", table: into, format: "records" });
      expectSame(difference(rows, back["rows"], sample.columns));
    },
  };
}

export async function create(
  client: FeatureContext["client"],
  table: string,
  sample: SampleTable,
): Promise<void> {
  await client.call({ op: "create-table", table, columns: sample.columns });
}

/** What the emulator holds, in the vectors' conventions. */
export async function stored(
  { emulator }: Pick<FeatureContext, "emulator">,
  table: string,
  sample: SampleTable,
  partition?: string,
): Promise<readonly (readonly unknown[])[]> {
  const rows = await emulator.readRows(table, partition);
  const types = sample.columns.map(({ type }) => parseType(type));
  return rows.map((row) =>
    sample.columns.map(({ name }, index) => {
      const type = types[index];
      return type === undefined ? undefined : tellValue(row[name], type);
    }),
  );
}
