import { type CommandPage, commandPage } from "../command-page.ts";
import { flag, text } from "../settings-flags.ts";
import { wholeNumber } from "../value-parsers.ts";
import type { InspectFlags } from "./inspect.ts";

/** `mctunnel inspect` in words. */
export const inspectPage: CommandPage = commandPage<InspectFlags, [string]>({
  name: "inspect",
  brief: "Show what is inside a record pack or an Arrow body",
  usage: "[flags] FILE",
  examples: [
    { input: "block-0.bin", brief: "Show records, columns and first rows; types are guessed from the bytes" },
    {
      input: "block-0.bin --schema 'id bigint, name string' --rows 20",
      brief: "Hold every value against these columns, and show twenty rows",
    },
    {
      input: "block-0.bin --schema @table.sql --json",
      brief: "Take the columns of a CREATE TABLE statement",
    },
  ],
  description: `Reads a block's body as it travels, plain or compressed (deflate, gzip, zstd, framed snappy, lz4), and holds every
checksum, count and tag against the bytes. Where they do not agree it says at which byte, row and column, and shows
the bytes there; the exit code is then 7. Without --schema the columns are called _1, _2 …, and a type is taken for
sure only when a record's checksum comes out right with it. Files of up to 2 GiB are read, whole.`,
  parameters: {
    flags: {
      schema: text(
        "COLUMNS",
        "Columns such as 'id bigint, name string', a CREATE TABLE, or @FILE with either",
      ),
      rows: {
        kind: "parsed",
        parse: wholeNumber(0, 100_000),
        placeholder: "N",
        brief: "How many rows to show (5 if not said)",
        optional: true,
      },
      json: flag("Write one JSON object to stdout"),
      quiet: flag("Write nothing but errors (and JSON, if asked for)"),
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "File that holds one block's body", placeholder: "FILE", parse: String }],
    },
  },
  load: async () => (await import("./inspect.ts")).inspect,
});
