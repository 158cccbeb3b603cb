import { type CommandPage, commandPage } from "../command-page.ts";
import { type UploadFlags, uploadFlags } from "./upload-flags.ts";

/** `mctunnel upload` in words. */
export const uploadPage: CommandPage = commandPage<UploadFlags, string[]>({
  name: "upload",
  brief: "Load CSV or JSON lines files into a table",
  usage: "[flags] FILE... PROJECT.TABLE[/pt=value]",
  examples: [
    {
      input: "flights.csv proj.flights",
      brief: "Load a CSV file; a first row of column names is found by itself",
    },
    {
      input: "day1.csv day2.csv proj.sales/dt=2024-05-06 --create-partition",
      brief: "Load two files into one partition, together or not at all",
    },
    {
      input: "events.jsonl proj.events --overwrite --compress --json",
      brief: "Replace a table's rows, send compressed, report as JSON",
    },
    {
      input: "log.csv proj.log --time-zone Asia/Shanghai --no-header",
      brief: "Read times without a zone as Shanghai's, and the first row as data",
    },
  ],
  description: `Reads every file, converts every value exactly, and commits once all rows are on the server. When a value does
not fit, or anything else fails, nothing is committed and the message says file, line and column.

The format follows from the name: .csv, or .jsonl and .ndjson. Text is UTF-8. In CSV an empty field is NULL and
"" is an empty string; a first row made only of column names maps fields by name.`,
  parameters: {
    flags: uploadFlags,
    aliases: { q: "quiet" },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        brief: "Files to load, then PROJECT.TABLE[/pt=value]",
        placeholder: "FILE TABLE",
        parse: String,
      },
    },
  },
  load: async () => (await import("./upload.ts")).default,
});
