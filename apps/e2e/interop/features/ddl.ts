import { expectEqual } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { nested, sales, scalars } from "../tables.ts";

const partitionKeys = [{ name: "pt", type: "string" }];

/** Tables and partitions made, listed, described and dropped through the client's own calls. */
export const ddlFeatures: readonly Feature[] = [
  {
    group: "Tables",
    name: "create a table of every type, describe it",
    async run({ client, table }) {
      const name = table("types");
      const columns = [...scalars.columns, ...nested.columns.slice(1)];
      await client.call({ op: "create-table", table: name, columns });
      const { columns: described } = await client.call({ op: "describe", table: name });
      expectEqual((described as { name: string }[]).length, columns.length, "columns");
      const wanted = columns.map(({ name, type }) => `${name} ${plain(type)}`);
      const got = (described as { name: string; type: string }[]).map((c) => `${c.name} ${plain(c.type)}`);
      expectEqual(got, wanted, "columns");
    },
  },
  {
    group: "Tables",
    name: "list and drop",
    async run({ client, table }) {
      const name = table("short_lived");
      await client.call({ op: "create-table", table: name, columns: sales.columns });
      const before = await client.call({ op: "list-tables", prefix: name });
      expectEqual(before["tables"], [name], "tables");
      const { exists } = await client.call({ op: "drop-table", table: name });
      expectEqual(exists, false, "exists after drop");
    },
  },
  {
    group: "Tables",
    name: "add and list partitions",
    async run({ client, table }) {
      const name = table("parted");
      await client.call({ op: "create-table", table: name, columns: sales.columns, partitionKeys });
      for (const value of ["a", "b c"]) {
        await client.call({ op: "create-partition", table: name, partition: `pt=${value}` });
      }
      const again = await client.call({ op: "create-partition", table: name, partition: "pt=d" });
      expectEqual(
        (again["partitions"] as string[]).map(unquoted).sort(),
        ["pt=a", "pt=b c", "pt=d"],
        "partitions",
      );
    },
  },
];

function unquoted(spec: string): string {
  return spec.replaceAll(/['"]/g, "");
}

function plain(type: string): string {
  return type.toLowerCase().replaceAll(/[\s`]/g, "");
}
