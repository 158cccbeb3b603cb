import { type UploadFlags, uploadFlags } from "../../load/upload-flags.ts";
import { type CommandPage, commandPage } from "../command-page.ts";

/** `mctunnel upload` in words. */
export const uploadPage: CommandPage = commandPage<UploadFlags, string[]>({
  name: "upload",
  brief: "Load files into a table",
  usage: "[flags] INPUT... PROJECT.TABLE[/pt=value]",
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
      input: "events.jsonl proj.events --overwrite --compress zstd --json",
      brief: "Replace a table's rows, send compressed, report as JSON",
    },
    {
      input: "log.csv proj.log --time-zone Asia/Shanghai --no-header",
      brief: "Read times without a zone as Shanghai's, and the first row as data",
    },
    {
      input: "'day*.csv' proj.sales/dt=2024-05-06 --create-partition --job sales-2024-05-06",
      brief: "Load what a pattern finds, once, however often this is run",
    },
    {
      input: "flights.csv proj.flights --max-rejects 1% --rejects rejects.jsonl",
      brief: "Leave out what does not fit, up to a hundredth, and keep it in a file",
    },
    {
      input: "orders.csv proj.orders --partition-by dt,region --create-partition",
      brief: "Put each row into the partition that its fields dt and region name",
    },
  ],
  description: `Reads every input, converts every value exactly, and commits once all rows are on the server. When a value does
not fit, or anything else fails, nothing is committed and the message says file, line and column.

INPUT is a file, a directory, a pattern in quotes, or - for standard input; gzip and zstd are unpacked. The format
follows from the name: .csv, .tsv, or .jsonl and .ndjson. In CSV an empty field is NULL and "" is an empty string; a
first row made only of column names maps fields by name. With --partition-by each partition is loaded whole or not at
all, and none is committed before the server has the rows of all of them. A load that stops can be gone on with: mctunnel resume --last.`,
  parameters: {
    flags: uploadFlags,
    aliases: { q: "quiet" },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        brief: "Inputs to load, then PROJECT.TABLE[/pt=value]",
        placeholder: "INPUT TABLE",
        parse: String,
      },
    },
  },
  load: async () => (await import("./upload.ts")).default,
});
