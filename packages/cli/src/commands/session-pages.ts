import type { TypedPositionalParameter } from "@stricli/core";
import type { CliContext } from "./cli-context.ts";
import { type CommandPage, commandPage } from "./command-page.ts";
import type { CommitFlags } from "./session-commands.ts";
import { type CommonFlags, commonFlags } from "./settings-flags.ts";
import { blockIdList } from "./value-parsers.ts";

const usage = "[flags] SESSION_ID PROJECT.TABLE[/pt=value]";

const sessionId = {
  brief: "Upload session, as upload named it",
  placeholder: "SESSION_ID",
  parse: String,
} satisfies TypedPositionalParameter<string, CliContext>;

const table = {
  brief: "PROJECT.TABLE[/pt=value] that the session was opened on",
  placeholder: "TABLE",
  parse: String,
} satisfies TypedPositionalParameter<string, CliContext>;

/** `mctunnel status` in words. */
export const statusPage: CommandPage = commandPage<CommonFlags, [string, string]>({
  name: "status",
  brief: "Show where an upload session stands",
  usage,
  examples: [{ input: "202405060708091a2b3c proj.flights", brief: "Say whether the session was committed" }],
  parameters: { flags: commonFlags, positional: { kind: "tuple", parameters: [sessionId, table] } },
  load: async () => (await import("./session-commands.ts")).status,
});

/** `mctunnel blocks` in words. */
export const blocksPage: CommandPage = commandPage<CommonFlags, [string, string]>({
  name: "blocks",
  brief: "List the blocks that an upload session holds",
  usage,
  examples: [{ input: "202405060708091a2b3c proj.flights --json", brief: "List ids and row counts as JSON" }],
  parameters: { flags: commonFlags, positional: { kind: "tuple", parameters: [sessionId, table] } },
  load: async () => (await import("./session-commands.ts")).blocks,
});

/** `mctunnel commit` in words. */
export const commitPage: CommandPage = commandPage<CommitFlags, [string, string]>({
  name: "commit",
  brief: "Commit an upload session",
  usage,
  examples: [
    {
      input: "202405060708091a2b3c proj.flights --blocks 0-3",
      brief: "Commit, provided that the session holds exactly blocks 0 to 3",
    },
  ],
  parameters: {
    flags: {
      blocks: {
        kind: "parsed",
        parse: blockIdList,
        placeholder: "IDS",
        brief: "The blocks it has to hold, such as 0-3,7 (whatever it holds if not said)",
        optional: true,
      },
      ...commonFlags,
    },
    positional: { kind: "tuple", parameters: [sessionId, table] },
  },
  load: async () => (await import("./session-commands.ts")).commit,
});
