import { readFlags } from "../../load/read-flags.ts";
import { type CommandPage, commandPage } from "../command-page.ts";
import { flag, text } from "../settings-flags.ts";
import type { InferFlags } from "./infer.ts";

const { format, include, exclude, encoding, header, columns, delimiter, recordDelimiter, quote, noQuote } =
  readFlags;

/** `mctunnel infer` in words. */
export const inferPage: CommandPage = commandPage<InferFlags, string[]>({
  name: "infer",
  brief: "Suggest columns and CREATE TABLE for inputs",
  usage: "[flags] INPUT...",
  examples: [
    { input: "flights.csv", brief: "Print a CREATE TABLE that flights.csv fits into" },
    { input: "events.jsonl --table proj.events --json", brief: "Report names and types as JSON" },
  ],
  description: `Looks at the first 256 KiB of each input and asks no service. Whole numbers become bigint, numbers with a point
double, days date, times datetime or timestamp, and what fits nothing string. mctunnel upload --create-table does the same.`,
  parameters: {
    flags: {
      table: text("NAME", "Name of the table in what is printed (that of the first input if not said)"),
      ...{ format, include, exclude, encoding, header, columns, delimiter, recordDelimiter, quote, noQuote },
      escape: readFlags.escape,
      null: readFlags.null,
      json: flag("Write one JSON object to stdout"),
      quiet: flag("Write nothing but errors (and JSON, if asked for)"),
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { brief: "Inputs to look at", placeholder: "INPUT", parse: String },
    },
  },
  load: async () => (await import("./infer.ts")).infer,
});
