import { readFlags } from "../../load/read-flags.ts";
import { sendFlags } from "../../load/send-flags.ts";
import { targetFlags } from "../../load/upload-flags.ts";
import { type CommandPage, commandPage } from "../command-page.ts";
import { commonFlags } from "../settings-flags.ts";
import type { CheckFlags } from "./check-flags.ts";

/** `mctunnel check` in words. */
export const checkPage: CommandPage = commandPage<CheckFlags, string[]>({
  name: "check",
  brief: "Read and convert inputs as upload would, and send nothing",
  usage: "[flags] INPUT... PROJECT.TABLE[/pt=value]",
  examples: [
    { input: "flights.csv proj.flights", brief: "Say how many rows there are, and what does not fit" },
    {
      input: "flights.csv proj.flights --rejects rejects.jsonl --json",
      brief: "Write what does not fit into a file, and report as JSON",
    },
    {
      input: "orders.csv proj.orders --partition-by dt,region",
      brief: "Say how many rows would go into each partition",
    },
  ],
  description: `Reads the table's columns, opens no session and changes nothing. It tells rows, records that would be rejected,
blocks and about how long the load will take. The exit code is 3 when more would be rejected than --max-rejects allows.`,
  parameters: {
    flags: {
      ...readFlags,
      parallel: sendFlags.parallel,
      blockSize: sendFlags.blockSize,
      memory: sendFlags.memory,
      bandwidth: sendFlags.bandwidth,
      progress: sendFlags.progress,
      partitionBy: targetFlags.partitionBy,
      maxPartitions: targetFlags.maxPartitions,
      ...commonFlags,
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        brief: "Inputs to read, then PROJECT.TABLE[/pt=value]",
        placeholder: "INPUT TABLE",
        parse: String,
      },
    },
  },
  load: async () => (await import("./check.ts")).check,
});
