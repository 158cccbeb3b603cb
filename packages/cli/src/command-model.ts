import type { CommandPage, Example } from "./commands/command-page.ts";

/** A command as completion and the man page see it. */
export interface CommandModel {
  readonly name: string;
  readonly brief: string;
  readonly usage: string;
  readonly description: string | undefined;
  readonly examples: readonly Example[];
  readonly flags: readonly FlagModel[];
  /** Words that its first argument may be, where there is a choice. */
  readonly words: readonly string[];
}

/** A flag as it is written. */
export interface FlagModel {
  /** With its dashes: `--time-zone`. */
  readonly name: string;
  /** One letter with its dash. */
  readonly alias: string | undefined;
  readonly brief: string;
  /** What stands for its value; `undefined` for a flag without one. */
  readonly placeholder: string | undefined;
  /** The values that it takes, where there is a choice. */
  readonly values: readonly string[];
}

/** Reads the descriptions that the command line itself is parsed by. */
export function modelOf(page: CommandPage): CommandModel {
  const { name, brief, usage, description, examples } = page;
  const { flags = {}, aliases = {}, positional } = page.command.parameters;
  const models: FlagModel[] = [];
  for (const [key, flag] of Object.entries(flags)) {
    const letter = Object.entries(aliases).find(([, target]) => target === key)?.[0];
    const kebab = key.replace(/[A-Z]/g, (upper) => `-${upper.toLowerCase()}`);
    const said = flag.kind === "parsed" ? (flag.placeholder ?? "VALUE") : undefined;
    const values = flag.kind === "enum" ? flag.values : said?.includes("|") ? said.split("|") : [];
    const placeholder = flag.kind === "enum" ? values.join("|") : said;
    const alias = letter === undefined ? undefined : `-${letter}`;
    models.push({ name: `--${kebab}`, alias, brief: flag.brief, placeholder, values });
    if (flag.kind === "boolean" && flag.withNegated !== false) {
      models.push({
        name: `--no-${kebab}`,
        alias: undefined,
        brief: `The opposite of --${kebab}`,
        placeholder: undefined,
        values: [],
      });
    }
  }
  const first = positional?.kind === "tuple" ? positional.parameters[0] : undefined;
  const words = first?.placeholder?.includes("|") ? first.placeholder.split("|") : [];
  return { name, brief, usage, description, examples, flags: models, words: page.words ?? words };
}
