import { expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import { sales } from "../tables.ts";
import { tellRows } from "../told-value.ts";

/** Three-level names: a table of the same name in a schema of its own, and in the project. */
export const schemaFeatures: readonly Feature[] = [
  {
    group: "Schemas",
    name: "upload to and download from project.schema.table",
    async run({ client, inSchema, ours, table, emulator }) {
      const schema = table("schema");
      const name = table("in_schema");
      await client.call({ op: "run-sql", text: `CREATE SCHEMA ${schema};` });
      const rows = tellRows(sales);
      const inner = await inSchema(schema);
      await inner.call({ op: "create-table", table: name, columns: sales.columns });
      await client.call({ op: "create-table", table: name, columns: sales.columns });
      await inner.call({ op: "upload", table: name, schema, writer: "records", blocks: [rows.slice(0, 2)] });
      await client.call({ op: "upload", table: name, writer: "records", blocks: [rows.slice(2)] });
      const inSchemaRows = await inner.call({ op: "download", table: name, schema, format: "records" });
      expectSame(difference(rows.slice(0, 2), inSchemaRows["rows"], sales.columns));
      const inProject = await client.call({ op: "download", table: name, format: "records" });
      expectSame(difference(rows.slice(2), inProject["rows"], sales.columns));
      let count = 0;
      for await (const _ of ours.download(`${emulator.project}.${schema}.${name}`)) count++;
      if (count !== 2) throw new Error(`Expected our client to read 2 rows, got ${count}`);
    },
  },
];
