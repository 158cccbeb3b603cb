import { parseType } from "@maxcompute-tunnel/codec/schema";
import { expectSame } from "../expect.ts";
import type { Feature } from "../feature.ts";
import { difference } from "../same-rows.ts";
import {
  documents,
  inBlocks,
  intervals,
  nested,
  nestedWithoutMap,
  type SampleTable,
  scalars,
} from "../tables.ts";
import { tellRows, tellValue } from "../told-value.ts";

/** Each side reads what the other wrote. */
export const bothWaysFeatures: readonly Feature[] = [
  oursThenTheirs("scalar types", scalars, "records"),
  oursThenTheirs("nested types", nested, "records"),
  oursThenTheirs("intervals", intervals, "records"),
  oursThenTheirs("JSON", documents, "records"),
  oursThenTheirs("scalar types, read as Arrow", scalars, "arrow"),
  oursThenTheirs("nested types, read as Arrow", nestedWithoutMap, "arrow"),
  theirsThenOurs("scalar types", scalars, "records"),
  theirsThenOurs("nested types", nested, "records"),
  theirsThenOurs("scalar types, sent as Arrow", scalars, "arrow"),
];

function oursThenTheirs(name: string, sample: SampleTable, format: string): Feature {
  return {
    group: "Ours written, theirs read",
    name,
    async run({ client, ours, table, emulator }) {
      const into = table("ours");
      await client.call({ op: "create-table", table: into, columns: sample.columns });
      await ours.upload(`${emulator.project}.${into}`, sample.rows);
      const { rows } = await client.call({ op: "download", table: into, format });
      expectSame(difference(tellRows(sample), rows, sample.columns));
    },
  };
}

function theirsThenOurs(name: string, sample: SampleTable, writer: string): Feature {
  return {
    group: "Theirs written, ours read",
    name,
    async run({ client, ours, table, emulator }) {
      const from = table("theirs");
      await client.call({ op: "create-table", table: from, columns: sample.columns });
      await client.call({ op: "upload", table: from, writer, blocks: inBlocks(tellRows(sample)) });
      const types = sample.columns.map(({ type }) => parseType(type));
      const rows: unknown[][] = [];
      for await (const row of ours.download(`${emulator.project}.${from}`)) {
        rows.push(
          sample.columns.map(({ name }, index) => {
            const type = types[index];
            return type && tellValue(row[name], type);
          }),
        );
      }
      expectSame(difference(tellRows(sample), rows, sample.columns));
    },
  };
}
