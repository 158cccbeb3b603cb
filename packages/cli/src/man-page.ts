import { overview, programBrief } from "./application.ts";
import { commandList } from "./command-list.ts";
import { type CommandModel, type FlagModel, modelOf } from "./command-model.ts";
import { commonFlags } from "./commands/settings-flags.ts";

/** The manual page mctunnel(1), made of the same descriptions as `--help`. */
export function manPage(): string {
  const models = commandList.map(modelOf);
  const common = new Set(
    Object.keys(commonFlags).map((key) => `--${key.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`)}`),
  );
  const shared = models.find(({ name }) => name === "upload")!.flags.filter(({ name }) => common.has(name));
  return [
    '.TH MCTUNNEL 1 "" "mctunnel" "User Commands"',
    ".SH NAME",
    `mctunnel \\- ${roff(programBrief.charAt(0).toLowerCase() + programBrief.slice(1))}`,
    ".SH SYNOPSIS",
    ".B mctunnel",
    "\\fICOMMAND\\fR [\\fIflags\\fR] [\\fIarguments\\fR]",
    ".SH DESCRIPTION",
    ...paragraphs(overview),
    ".SH COMMANDS",
    ...models.flatMap((model) => commandSection(model, common)),
    ".SH COMMON FLAGS",
    ...shared.flatMap(flagEntry),
    ".SH FILES",
    ...files.flatMap(([name, text]) => [".TP", `.I ${roff(name)}`, roff(text)]),
    "",
  ].join("\n");
}

function commandSection(model: CommandModel, common: ReadonlySet<string>): readonly string[] {
  const { name, brief, usage, description, examples, flags } = model;
  const own = flags.filter((flag) => !common.has(flag.name));
  const takesCommon = flags.length - own.length > 5;
  return [
    `.SS "mctunnel ${roff(name)} ${roff(usage)}"`,
    `${roff(brief)}.`,
    ...(description === undefined ? [] : [".PP", ...paragraphs(description)]),
    ...own.flatMap(flagEntry),
    ...(takesCommon ? [".PP", "And the common flags."] : []),
    ".PP",
    "Examples:",
    ...examples.flatMap(({ input, brief: about }) => [
      ".TP",
      `.B ${roff(["mctunnel", name, input].filter((word) => word !== "").join(" "))}`,
      roff(about),
    ]),
  ];
}

function flagEntry({ name, alias, brief, placeholder }: FlagModel): readonly string[] {
  const value = placeholder === undefined ? "" : ` \\fI${roff(placeholder)}\\fR`;
  const short = alias === undefined ? "" : `, \\fB${roff(alias)}\\fR`;
  return [".TP", `\\fB${roff(name)}\\fR${value}${short}`, roff(brief)];
}

/** Text with its line breaks as they are; blank lines part paragraphs. */
function paragraphs(text: string): readonly string[] {
  return [".nf", ...text.split("\n").map(roff), ".fi"];
}

function roff(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("…", "...")
    .replace(
      /[^\n -~]/gu,
      (character) => `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

const files: readonly (readonly [name: string, text: string])[] = [
  ["~/.mctunnel/config.toml", "Profiles; mctunnel configure writes it."],
  ["~/.local/state/mctunnel/", "What is known of loads, for history, show, resume and purge."],
  ["~/.odpscmd/odps_config.ini", "Settings of odpscmd, read where there is no profile."],
  ["~/.aliyun/config.json", "Profiles of the aliyun command, read where there is no key elsewhere."],
];
