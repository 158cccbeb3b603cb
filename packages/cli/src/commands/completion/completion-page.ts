import { type CommandPage, commandPage } from "../command-page.ts";
import { type Shell, shells } from "./shells.ts";

/** `mctunnel completion` in words. @param pages all commands, asked for once somebody wants a script */
export const completionPage = (pages: () => readonly CommandPage[]): CommandPage =>
  commandPage<Record<never, never>, [Shell]>({
    name: "completion",
    brief: "Print what makes a shell complete mctunnel's commands and flags",
    usage: "bash|zsh|fish",
    examples: [
      {
        input: "bash > ~/.local/share/bash-completion/completions/mctunnel",
        brief: "For bash, from the next shell on",
      },
      { input: "zsh > ~/.zfunc/_mctunnel", brief: "For zsh, with ~/.zfunc in fpath before compinit" },
      { input: "fish > ~/.config/fish/completions/mctunnel.fish", brief: "For fish" },
    ],
    words: shells,
    parameters: {
      flags: {},
      positional: {
        kind: "tuple",
        parameters: [{ brief: "The shell", placeholder: "SHELL", parse: parseShell }],
      },
    },
    load: async () => (await import("./completion.ts")).completionOf(pages()),
  });

function parseShell(input: string): Shell {
  const shell = shells.find((name) => name === input);
  if (shell === undefined) throw new SyntaxError(`expected ${shells.join(", ")}, got "${input}"`);
  return shell;
}
