import { type CommandPage, commandPage } from "../command-page.ts";
import { flag, text } from "../settings-flags.ts";
import type { ConfigureFlags } from "./configure.ts";

/** `mctunnel configure` in words. */
export const configurePage: CommandPage = commandPage<ConfigureFlags, string[]>({
  name: "configure",
  brief: "Set up profiles: endpoint, project, credentials",
  usage: "[flags] [list | get KEY | set KEY [VALUE] | delete [KEY] | use PROFILE]",
  examples: [
    { input: "", brief: "Ask for everything that the default profile needs" },
    { input: "--profile work", brief: "Ask for the profile called work" },
    { input: "list", brief: "Show all profiles, without secrets" },
    {
      input: "set endpoint https://service.cn-shanghai.maxcompute.aliyun.com/api --profile work",
      brief: "Set one value",
    },
    { input: "set access_key --profile work < key.txt", brief: "Take a secret from a file or a pipe" },
    { input: "get endpoint --profile work", brief: "Print one value" },
    { input: "use work", brief: "Make work the profile that is used when none is asked for" },
    { input: "delete --profile work", brief: "Remove a profile" },
  ],
  description: `Profiles are in ~/.mctunnel/config.toml (or the file that MCTUNNEL_CONFIG names), which you alone may read.
Without further words, it asks on the terminal. Secrets are typed unseen or read from standard input, and never
shown: not by list, and not by get.`,
  words: ["list", "get", "set", "delete", "use"],
  parameters: {
    flags: {
      profile: text("NAME", "The profile to work on (the one in use if not said)"),
      json: flag("Write one JSON object to stdout"),
      quiet: flag("Write nothing but errors, and what was asked for"),
    },
    aliases: { q: "quiet" },
    positional: {
      kind: "array",
      maximum: 3,
      parameter: { brief: "What to do, and with what", placeholder: "ACTION", parse: String },
    },
  },
  load: async () => (await import("./configure.ts")).configure,
});
