import type { CommandModel, FlagModel } from "../../command-model.ts";

/** Completion for bash 3.2 and newer: commands, flags, the values of flags, and files everywhere else. */
export function bashScript(commands: readonly CommandModel[]): string {
  const cases = commands.map(({ name, flags, words }) => {
    const values = flags.filter((flag) => flag.values.length > 0);
    const choices = values.map(
      ({ name: flag, values: list }) => `        ${flag}) words='${list.join(" ")}' ;;`,
    );
    const files = flags.filter((flag) => flag.placeholder !== undefined && flag.values.length === 0);
    const free =
      files.length === 0 ? [] : [`        ${files.map((flag) => flag.name).join("|")}) words='' ;;`];
    const usual = `'${[...words, ...namesOf(flags)].join(" ")}'`;
    return [
      `    ${name})`,
      `      case "$previous" in`,
      ...choices,
      ...free,
      `        *) words=${usual} ;;`,
      "      esac",
      "      ;;",
    ].join("\n");
  });
  return `# bash completion of mctunnel
_mctunnel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(" ")} --help --version' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o default -F _mctunnel mctunnel
`;
}

/** Completion for zsh. */
export function zshScript(commands: readonly CommandModel[]): string {
  const list = commands.map(
    ({ name, brief }) => `    ${zshQuoted(`${name}:${brief.replaceAll(":", "\\:")}`)}`,
  );
  const cases = commands.map(({ name, flags, words }) => {
    const specs = flags.map((flag) => `        ${zshQuoted(zshSpec(flag))} \\`);
    const rest = words.length === 0 ? "'*:file:_files'" : zshQuoted(`1:word:(${words.join(" ")})`);
    return [`      ${name})`, "        _arguments \\", ...specs, `        ${rest}`, "        ;;"].join("\n");
  });
  return `#compdef mctunnel
# zsh completion of mctunnel
_mctunnel() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_mctunnel" ]; then _mctunnel "$@"; else compdef _mctunnel mctunnel; fi
`;
}

/** Completion for fish. */
export function fishScript(commands: readonly CommandModel[]): string {
  const lines = [
    "# fish completion of mctunnel",
    "complete -c mctunnel -n __fish_use_subcommand -l help -d 'Print help information and exit'",
    "complete -c mctunnel -n __fish_use_subcommand -l version -d 'Print version information and exit'",
  ];
  for (const { name, brief, flags, words } of commands) {
    lines.push(`complete -c mctunnel -f -n __fish_use_subcommand -a ${name} -d ${fishQuoted(brief)}`);
    const inCommand = `-n '__fish_seen_subcommand_from ${name}'`;
    if (words.length > 0) lines.push(`complete -c mctunnel -f ${inCommand} -a '${words.join(" ")}'`);
    for (const { name: flag, alias, brief: about, placeholder, values } of flags) {
      const short = alias === undefined ? "" : ` -s ${alias.slice(1)}`;
      const value =
        values.length > 0 ? ` -x -a '${values.join(" ")}'` : placeholder === undefined ? "" : " -r";
      lines.push(
        `complete -c mctunnel ${inCommand} -l ${flag.slice(2)}${short}${value} -d ${fishQuoted(about)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function namesOf(flags: readonly FlagModel[]): readonly string[] {
  return [...flags.map(({ name }) => name), "--help"];
}

function zshSpec({ name, brief, placeholder, values }: FlagModel): string {
  const about = brief.replace(/[[\]\\:]/g, (character) => `\\${character}`);
  if (placeholder === undefined) return `${name}[${about}]`;
  const action = values.length > 0 ? `(${values.join(" ")})` : "_files";
  return `${name}=[${about}]:${placeholder.replace(/[|:]/g, " ")}:${action}`;
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
