import { type UploadFlags, uploadFlags } from "../../load/upload-flags.ts";
import { type CommandPage, commandPage } from "../command-page.ts";

/** `mctunnel retry-rejects` in words. */
export const retryRejectsPage: CommandPage = commandPage<UploadFlags, [string, string]>({
  name: "retry-rejects",
  brief: "Load the records of a rejects file again",
  usage: "[flags] FILE PROJECT.TABLE[/pt=value]",
  examples: [
    {
      input: "rejects.jsonl proj.flights",
      brief: "Load them again, after their texts were corrected in the file",
    },
    { input: "rejects.jsonl proj.flights --no-strict --round", brief: "Load them again, and be less strict" },
  ],
  description: `Loads the member "raw" of every line, as upload would load a file with these records; say the same flags as then where
they still hold. Names of fields come from the file that the records were in. What is rejected again goes into a rejects
file of its own.`,
  parameters: {
    flags: uploadFlags,
    aliases: { q: "quiet" },
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "A file that --rejects has written", placeholder: "FILE", parse: String },
        { brief: "PROJECT.TABLE[/pt=value]", placeholder: "TABLE", parse: String },
      ],
    },
  },
  load: async () => (await import("./retry-rejects.ts")).retryRejects,
});
