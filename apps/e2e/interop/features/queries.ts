import { expectEqual, expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import { sales } from "../tables.ts";
import { tellRows } from "../told-value.ts";
import { create } from "./upload.ts";

/** SQL over what was uploaded, its result read in both ways. */
export const queryFeatures: readonly Feature[] = [
  {
    group: "Queries",
    name: "count and sum, result as text",
    async run({ client, table }) {
      const name = table("asked");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [tellRows(sales)] });
      const { text } = await client.call({
        op: "sql",
        text: `SELECT count(*) AS n, sum(id) AS total FROM ${name};`,
      });
      const lines = String(text).trim().split(/\r?\n/);
      expectEqual(lines.at(-1)?.replaceAll('"', ""), "3,6", "result");
    },
  },
  {
    group: "Queries",
    name: "rows through the instance tunnel",
    async run({ client, table }) {
      const name = table("asked_rows");
      await create(client, name, sales);
      await client.call({ op: "upload", table: name, writer: "records", blocks: [tellRows(sales)] });
      const { rows } = await client.call({
        op: "sql",
        text: `SELECT id, item FROM ${name} ORDER BY id LIMIT 10;`,
        tunnel: true,
      });
      expectSame(difference(tellRows(sales), rows, sales.columns));
    },
  },
  {
    group: "Queries",
    name: "INSERT … VALUES, then read",
    async run({ client, table }) {
      const name = table("inserted");
      await create(client, name, sales);
      await client.call({
        op: "run-sql",
        text: `INSERT INTO TABLE ${name} VALUES (1L, 'pear'), (2L, NULL), (3L, '梨');`,
      });
      const { rows } = await client.call({ op: "download", table: name, format: "records" });
      expectSame(difference(tellRows(sales), rows, sales.columns));
    },
  },
];
