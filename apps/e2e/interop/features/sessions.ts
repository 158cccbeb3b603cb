import { expectEqual, expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import { inBlocks, keyed, sales, scalars } from "../tables.ts";
import { tellRows } from "../told-value.ts";
import { create, stored } from "./upload.ts";

const withoutUpsert = { go: "the client has no upsert" } as const;

/** The sessions beside batch upload: streams, upserts. */
export const sessionFeatures: readonly Feature[] = [
  {
    group: "Stream upload",
    name: "two flushes, visible at once",
    async run({ client, emulator, table }) {
      const name = table("stream");
      await create(client, name, scalars);
      await client.call({ op: "stream", table: name, blocks: inBlocks(tellRows(scalars)) });
      expectSame(difference(tellRows(scalars), await stored({ emulator }, name, scalars), scalars.columns));
    },
  },
  {
    group: "Stream upload",
    name: "compressed, into a partition that it creates",
    async run({ client, emulator, table }) {
      const name = table("stream_parted");
      const partitionKeys = [{ name: "pt", type: "string" }];
      await client.call({ op: "create-table", table: name, columns: sales.columns, partitionKeys });
      await client.call({
        op: "stream",
        table: name,
        partition: "pt=s",
        createPartition: true,
        compression: "deflate",
        blocks: [tellRows(sales)],
      });
      expectSame(difference(tellRows(sales), await stored({ emulator }, name, sales, "pt=s"), sales.columns));
    },
  },
  {
    group: "Upsert",
    name: "insert, update and delete by key",
    absent: withoutUpsert,
    async run({ client, emulator, table }) {
      const name = table("keyed");
      await client.call({ op: "create-table", table: name, columns: keyed.columns, primaryKey: ["id"] });
      const columns = keyed.columns.map((column) => column.name);
      const rows = tellRows(keyed);
      const first = await client.call({ op: "upsert", table: name, columns, upserts: rows });
      expectEqual(String(first["status"]).toLowerCase(), "committed", "status");
      const changed = rows.slice(0, 5).map(([id]) => [id, "changed"]);
      await client.call({ op: "upsert", table: name, columns, upserts: changed, deletes: rows.slice(30) });
      const wanted = [...changed, ...rows.slice(5, 30)];
      expectSame(difference(wanted, await stored({ emulator }, name, keyed), keyed.columns));
    },
  },
  {
    group: "Upsert",
    name: "an aborted session leaves nothing",
    absent: withoutUpsert,
    async run({ client, emulator, table }) {
      const name = table("keyed_aborted");
      await client.call({ op: "create-table", table: name, columns: keyed.columns, primaryKey: ["id"] });
      const columns = keyed.columns.map((column) => column.name);
      await client.call({ op: "upsert", table: name, columns, upserts: tellRows(keyed), abort: true });
      expectEqual((await emulator.readRows(name)).length, 0, "rows");
    },
  },
];
