import { type CommandPage, commandPage } from "../command-page.ts";

/** `mctunnel tunnel` in words. The words behind it are translated before anything else reads them. */
export const tunnelPage: CommandPage = commandPage<Record<never, never>, string[]>({
  name: "tunnel",
  brief: "Take a command line of odpscmd's tunnel as it is",
  usage: "upload|resume|show|purge|help ...",
  examples: [
    {
      input: "upload data.txt proj.sales/dt='20240506' -fd '||' -acp true",
      brief: "Load a file as tunnel upload would; the same in our own words is shown first",
    },
    { input: "show history -n 5", brief: "List the last five loads" },
    { input: "purge 7", brief: "Forget loads that are over and older than seven days" },
    { input: "help upload", brief: "Show this page" },
  ],
  description: `Options may be written as ever: -name value, -name=value, with one dash or two, long or short. What each
becomes is said on stderr, so that a script can be moved over at leisure.

  -fd, -field-delimiter X        --delimiter X           -dbr, -discard-bad-records   --max-rejects
  -rd, -record-delimiter X       --record-delimiter X    -mbr, -max-bad-records N     --max-rejects N
  -c,  -charset X                --encoding X            -ss,  -strict-schema false   --no-strict
  -ni, -null-indicator X         --null X                -s,   -scan only             --dry-run
  -dfp, -date-format-pattern X   --datetime-format X     -acp, -auto-create-partition --create-partition
  -tz, -time-zone X              --time-zone X           -ow,  -overwrite true        --overwrite
  -h,  -header true              --header                -cp,  -compress false        --compress none
  -cf, -csv-format true          --format csv            -bs,  -block-size N          --block-size NMiB
  -te, -tunnel_endpoint X        --tunnel-endpoint X     -t,   -threads N             --parallel N
  -qn, -quota_name X             --quota-name X          -sd,  -session-dir X         --state-dir X

Without -cf text is split at the delimiters and nothing else, quotes are ordinary characters; times without a zone are
read in this machine's; the first row is data unless -h true says that it names the columns.`,
  words: ["upload", "resume", "show", "purge", "help"],
  parameters: {
    flags: {},
    positional: {
      kind: "array",
      parameter: { brief: "The old command line", placeholder: "WORDS", parse: String },
    },
  },
  // Never reached: run() translates the words and runs what they become.
  load: async () => async () => {},
});
