import { type BaseArgs, type BaseFlags, buildCommand, type CommandBuilderArguments } from "@stricli/core";
import type { CliContext } from "./cli-context.ts";

/** A command line that shows what a command is for. */
export interface Example {
  /** What stands behind `mctunnel` and the command's name. */
  readonly input: string;
  readonly brief: string;
}

/** What can be said about a command without loading it: help, man page and completion are made of it. */
export interface CommandPage {
  readonly name: string;
  readonly brief: string;
  /** What stands behind the command's name, in general. */
  readonly usage: string;
  readonly examples: readonly Example[];
  readonly description: string | undefined;
  /** Words that the first argument may be, for completion. */
  readonly words: readonly string[] | undefined;
  readonly command: ReturnType<typeof buildCommand<BaseFlags, BaseArgs, CliContext>>;
}

/** The parts of a {@link CommandPage}. */
export interface CommandPageParts<
  Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>,
  Args extends BaseArgs,
> {
  readonly name: string;
  readonly brief: string;
  readonly usage: string;
  readonly examples: readonly Example[];
  readonly description?: string;
  /** Words that the first argument may be, for completion. */
  readonly words?: readonly string[];
  readonly parameters: CommandBuilderArguments<Flags, Args, CliContext>["parameters"];
  readonly load: Loader<Flags, Args>;
}

type Loader<
  Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>,
  Args extends BaseArgs,
> = () => Promise<(this: CliContext, flags: Flags, ...args: Args) => Promise<void>>;

/** Describes a command; the code behind it is loaded when it is called. */
export function commandPage<
  Flags extends Readonly<Partial<Record<keyof Flags, unknown>>>,
  Args extends BaseArgs,
>(parts: CommandPageParts<Flags, Args>): CommandPage {
  const { name, brief, usage, examples, description, words, parameters, load } = parts;
  const command = buildCommand<Flags, Args, CliContext>({
    loader: load,
    parameters,
    docs: {
      brief,
      customUsage: [{ input: usage, brief: "In general" }, ...examples],
      ...(description === undefined ? {} : { fullDescription: description }),
    },
  });
  return { name, brief, usage, examples, description, words, command };
}
