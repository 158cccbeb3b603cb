import { readFlags } from "../../load/read-flags.ts";
import { sendFlags } from "../../load/send-flags.ts";
import { type CommandPage, commandPage } from "../command-page.ts";
import { commonFlags, flag } from "../settings-flags.ts";
import type { ResumeFlags } from "./resume.ts";

/** `mctunnel resume` in words. */
export const resumePage: CommandPage = commandPage<ResumeFlags, [string?]>({
  name: "resume",
  brief: "Go on with a load that stopped",
  usage: "[flags] ID | --last",
  examples: [
    { input: "--last", brief: "Go on with the last load where it stopped" },
    {
      input: "upload-20240506t070809z-0a1b2c3d --json",
      brief: "Go on with a load by its id, and report as JSON",
    },
  ],
  description: `Runs the load's own command line again, in the directory it was run in, and sends only what the server does not
have. Files that have changed since are refused, and it says what changed. A commit whose outcome was not known is
settled first. A load whose session has expired is sent again from the beginning; one that is committed stays so.`,
  parameters: {
    flags: {
      last: flag("The last load"),
      maxRejects: readFlags.maxRejects,
      parallel: sendFlags.parallel,
      memory: sendFlags.memory,
      bandwidth: sendFlags.bandwidth,
      progress: sendFlags.progress,
      stateDir: sendFlags.stateDir,
      ...commonFlags,
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
  load: async () => (await import("./resume.ts")).resume,
});
