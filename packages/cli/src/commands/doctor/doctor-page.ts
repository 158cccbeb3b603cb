import { type CommandPage, commandPage } from "../command-page.ts";
import { type CommonFlags, commonFlags } from "../settings-flags.ts";

/** `mctunnel doctor` in words. */
export const doctorPage: CommandPage = commandPage<CommonFlags, [string?]>({
  name: "doctor",
  brief: "Check settings, network, keys and permissions, and say what to fix",
  usage: "[flags] [PROJECT.TABLE[/pt=value]]",
  examples: [
    { input: "", brief: "Check everything that needs no table" },
    {
      input: "proj.flights",
      brief: "Also check that rows could be loaded into a table; nothing is committed",
    },
    { input: "proj.flights --profile work --json", brief: "Check a profile, and report as JSON" },
  ],
  description: `Each check is one line: ok, failed with what to fix, or skipped and why. With a table, an upload session is
opened and one empty block sent; it is never committed, and expires on its own within 24 hours. The exit code is that
of the first check that failed.`,
  parameters: {
    flags: commonFlags,
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Table to try, PROJECT.TABLE[/pt=value]",
          placeholder: "TABLE",
          parse: String,
          optional: true,
        },
      ],
    },
  },
  load: async () => (await import("./doctor.ts")).doctor,
});
