import type { ClientProcess } from "../client-process.ts";
import { expectEqual } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { sales } from "../tables.ts";
import { tellRows } from "../told-value.ts";
import { create } from "./upload.ts";

/** What must fail fails, in the client's own words, and leaves the table as it was. */
export const refusalFeatures: readonly Feature[] = [
  {
    group: "Refusals",
    name: "commit of a list that names a block too many",
    async run({ client, emulator, table }) {
      const name = table("wrong_list");
      await create(client, name, sales);
      await expectRefused(
        client.ask({ op: "commit-wrong-list", table: name, rows: tellRows(sales) }),
        /block/i,
      );
      expectEqual((await emulator.readRows(name)).length, 0, "rows");
    },
  },
  {
    group: "Refusals",
    name: "unknown table",
    async run({ client }) {
      await expectRefused(
        client.ask({ op: "upload", table: "no_such_table", writer: "records", blocks: [[]] }),
        /NoSuchTable|NoSuchObject|not found|does not exist/i,
      );
    },
  },
  {
    group: "Refusals",
    name: "partitioned table without a partition",
    async run({ client, table }) {
      const name = table("needs_partition");
      const partitionKeys = [{ name: "pt", type: "string" }];
      await client.call({ op: "create-table", table: name, columns: sales.columns, partitionKeys });
      await expectRefused(
        client.ask({ op: "upload", table: name, writer: "records", blocks: [[]] }),
        /partition/i,
      );
    },
  },
  {
    group: "Refusals",
    name: "SQL that does not parse",
    async run({ client }) {
      await expectRefused(client.ask({ op: "run-sql", text: "create tabel x (a bigint);" }), /ODPS-0130161/);
    },
  },
];

/** Fails unless the client reports a failure whose code or message says `words`. */
export async function expectRefused(asked: ReturnType<ClientProcess["ask"]>, words: RegExp): Promise<void> {
  const answer = await asked;
  if (answer.ok) throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}`);
  const { code, message } = answer.error;
  if (!words.test(`${code} ${message}`)) throw new Error(`Expected ${words}, got ${code}: ${message}`);
}
