import type { TypedFlagParameter } from "@stricli/core";
import type { CliContext } from "../cli-context.ts";
import { type CommandPage, commandPage } from "../command-page.ts";
import { flag, text } from "../settings-flags.ts";
import { duration, wholeNumber } from "../value-parsers.ts";
import type { HistoryFlags } from "./history.ts";
import type { PurgeFlags } from "./purge.ts";
import type { ShowFlags } from "./show.ts";

const stateDir: TypedFlagParameter<string | undefined, CliContext> = text(
  "DIR",
  "Where loads are kept track of (~/.local/state/mctunnel if not said) [MCTUNNEL_STATE_DIR]",
);
const json = flag("Write one JSON object to stdout");
const quiet = flag("Write nothing but errors (and JSON, if asked for)");

/** `mctunnel history` in words. */
export const historyPage: CommandPage = commandPage<HistoryFlags, [string?]>({
  name: "history",
  brief: "List loads, the newest first",
  usage: "[flags] [PROJECT.TABLE]",
  examples: [
    { input: "", brief: "List the last twenty loads" },
    { input: "proj.flights --limit 5", brief: "List the last five loads into a table" },
    { input: "--state resumable --json", brief: "List what can be resumed, as JSON" },
  ],
  parameters: {
    flags: {
      limit: {
        kind: "parsed",
        parse: wholeNumber(1, 1_000_000),
        placeholder: "N",
        brief: "How many to list (20 if not said)",
        optional: true,
      },
      state: {
        kind: "enum",
        values: ["running", "done", "resumable", "expired", "unknown", "ended", "damaged"],
        brief: "Only loads that stand so",
        optional: true,
      },
      stateDir,
      json,
      quiet,
    },
    aliases: { q: "quiet", n: "limit" },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "Only loads into this table", placeholder: "TABLE", parse: String, optional: true },
      ],
    },
  },
  load: async () => (await import("./history.ts")).history,
});

/** `mctunnel show` in words. */
export const showPage: CommandPage = commandPage<ShowFlags, [string?]>({
  name: "show",
  brief: "Show what is known of one load",
  usage: "[flags] ID | --last",
  examples: [
    { input: "--last", brief: "Show the last load: its files, its blocks and how it stands" },
    { input: "upload-20240506t070809z-0a1b2c3d --json", brief: "Show a load by its id, as JSON" },
    { input: "--last --rejects", brief: "Print the rows that the last load refused" },
  ],
  parameters: {
    flags: {
      last: flag("The last load"),
      rejects: flag("Print the file of refused rows instead"),
      stateDir,
      json,
      quiet,
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Id of a load, its session or its job, or how one begins",
          placeholder: "ID",
          parse: String,
          optional: true,
        },
      ],
    },
  },
  load: async () => (await import("./show.ts")).show,
});

/** `mctunnel purge` in words. */
export const purgePage: CommandPage = commandPage<PurgeFlags, []>({
  name: "purge",
  brief: "Forget loads that are over",
  usage: "[flags]",
  examples: [
    { input: "--older-than 7d", brief: "List what would go, and ask" },
    { input: "--older-than 7d --yes", brief: "Remove it without asking" },
    { input: "--older-than 30d --unfinished --yes", brief: "Also forget loads that could still be resumed" },
  ],
  description: `Lists first and asks then, or does nothing more where nobody can be asked; --yes goes ahead. What is running, and
what has a commit in doubt, always stays; what can still be resumed, or has ended in a way that
somebody has to look into, stays unless --unfinished is said. Tables and sessions on the server are not touched.`,
  parameters: {
    flags: {
      olderThan: {
        kind: "parsed",
        parse: duration,
        placeholder: "TIME",
        brief: "Only loads in which nothing happened for so long: 12h, 7d, 4w",
      },
      unfinished: flag("Also loads that could still be resumed, or have to be looked into"),
      yes: flag("Do not ask"),
      stateDir,
      json,
      quiet,
    },
    aliases: { q: "quiet", y: "yes" },
    positional: { kind: "tuple", parameters: [] },
  },
  load: async () => (await import("./purge.ts")).purge,
});
