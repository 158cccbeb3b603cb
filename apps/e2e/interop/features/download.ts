import { expectEqual, expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import { nested, nestedWithoutMap, type SampleTable, sales, scalars } from "../tables.ts";
import { tellRows } from "../told-value.ts";
import { create } from "./upload.ts";

/** Rows written as records by the client and read back in every way it has. */
export const downloadFeatures: readonly Feature[] = [
  download("records: deflate", scalars, { format: "records", compression: "deflate" }),
  download("records: snappy", scalars, { format: "records", compression: "snappy" }),
  download("records: zstd", scalars, { format: "records", compression: "zstd" }),
  {
    ...download("records: lz4", scalars, { format: "records", compression: "lz4" }),
    absent: { go: "the client has no lz4" },
  },
  download("Arrow: scalar types", scalars, { format: "arrow" }),
  download("Arrow: nested types", nestedWithoutMap, { format: "arrow" }),
  {
    ...download("Arrow: maps", nested, { format: "arrow" }),
    absent: { go: "the client's Arrow code leaves maps out" },
  },
  download("Arrow: deflate", scalars, { format: "arrow", compression: "deflate" }),
  {
    ...download("Arrow: zstd", scalars, { format: "arrow", compression: "zstd" }),
    absent: { java: "the client has no zstd for Arrow" },
  },
  {
    ...download("Arrow: lz4", scalars, { format: "arrow", compression: "arrow-lz4" }),
    absent: { go: "the client has no lz4" },
  },
  subset("records: some columns, in another order", "records"),
  subset("Arrow: some columns, in another order", "arrow"),
  {
    group: "Download",
    name: "row range",
    async run({ client, table }) {
      const name = table("range");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [tellRows(sales)] });
      const { rows, count } = await client.call({
        op: "download",
        table: name,
        format: "records",
        start: 1,
        count: 1,
      });
      expectEqual(count, 3, "rows of the session");
      expectSame(difference(tellRows(sales).slice(1, 2), rows, sales.columns));
    },
  },
  {
    group: "Download",
    name: "preview",
    async run({ client, table }) {
      const name = table("preview");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [tellRows(sales)] });
      const { rows } = await client.call({ op: "preview", table: name, limit: 2 });
      expectSame(difference(tellRows(sales).slice(0, 2), rows, sales.columns));
    },
  },
];

function download(
  name: string,
  sample: SampleTable,
  how: { readonly format: string; readonly compression?: string },
): Feature {
  return {
    group: "Download",
    name,
    async run({ client, table }) {
      const from = table("down");
      await create(client, from, sample);
      await client.call({ op: "upload", table: from, writer: "records", blocks: [tellRows(sample)] });
      const { rows } = await client.call({ op: "download", table: from, ...how });
      expectSame(difference(tellRows(sample), rows, sample.columns));
    },
  };
}

function subset(name: string, format: string): Feature {
  return {
    group: "Download",
    name,
    async run({ client, table }) {
      const from = table("subset");
      await create(client, from, scalars);
      await client.call({ op: "upload", table: from, writer: "records", blocks: [tellRows(scalars)] });
      const columns = ["id", "dec", "s", "ti"];
      const { rows } = await client.call({ op: "download", table: from, format, columns });
      const indexes = columns.map((column) => scalars.columns.findIndex(({ name }) => name === column));
      const wanted = tellRows(scalars).map((row) => indexes.map((index) => row[index]));
      const specs = indexes.flatMap((index) => scalars.columns[index] ?? []);
      expectSame(difference(wanted, rows, specs));
    },
  };
}
