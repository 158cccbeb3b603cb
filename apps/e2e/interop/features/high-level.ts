import { expectEqual, expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import { nested, type SampleTable, sales, scalars } from "../tables.ts";
import { tellRows } from "../told-value.ts";
import { create, stored } from "./upload.ts";

const onlyPyodps = {
  java: "the client has no such call",
  go: "the client has no such call",
} as const;

/** The calls most people use, which choose sessions and blocks by themselves. */
export const highLevelFeatures: readonly Feature[] = [
  writeTable("write_table and read_table: scalar types", scalars),
  writeTable("write_table and read_table: nested types", nested),
  {
    group: "High-level calls",
    name: "write_table: partition created, then overwritten",
    absent: onlyPyodps,
    async run({ client, emulator, table }) {
      const name = table("written_parted");
      const partitionKeys = [{ name: "pt", type: "string" }];
      await client.call({ op: "create-table", table: name, columns: sales.columns, partitionKeys });
      const rows = tellRows(sales);
      const into = { op: "write-table", table: name, partition: "pt=new", createPartition: true };
      await client.call({ ...into, rows });
      await client.call({ ...into, rows: rows.slice(0, 2), overwrite: true });
      expectSame(
        difference(rows.slice(0, 2), await stored({ emulator }, name, sales, "pt=new"), sales.columns),
      );
      const back = await client.call({ op: "read-table", table: name, partition: "pt=new" });
      expectSame(difference(rows.slice(0, 2), back["rows"], sales.columns));
    },
  },
  {
    group: "High-level calls",
    name: "write_table of a pandas DataFrame",
    absent: onlyPyodps,
    async run({ client, emulator, table }) {
      const name = table("frame");
      await create(client, name, sales);
      await client.call({ op: "write-pandas", table: name, rows: tellRows(sales) });
      expectSame(difference(tellRows(sales), await stored({ emulator }, name, sales), sales.columns));
    },
  },
  {
    group: "High-level calls",
    name: "head",
    absent: onlyPyodps,
    async run({ client, table }) {
      const name = table("head");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [tellRows(sales)] });
      const { rows } = await client.call({ op: "head", table: name, limit: 2 });
      expectEqual((rows as unknown[]).length, 2, "rows");
      expectEqual((rows as unknown[][])[0]?.[0], "1", "first value");
    },
  },
];

function writeTable(name: string, sample: SampleTable): Feature {
  return {
    group: "High-level calls",
    name,
    absent: onlyPyodps,
    async run({ client, emulator, table }) {
      const into = table("written");
      await create(client, into, sample);
      await client.call({ op: "write-table", table: into, rows: tellRows(sample) });
      expectSame(difference(tellRows(sample), await stored({ emulator }, into, sample), sample.columns));
      const { rows } = await client.call({ op: "read-table", table: into });
      expectSame(difference(tellRows(sample), rows, sample.columns));
    },
  };
}
