import { modelOf } from "../../command-model.ts";
import type { CliContext } from "../cli-context.ts";
import type { CommandPage } from "../command-page.ts";
import { bashScript, fishScript, zshScript } from "./shell-scripts.ts";
import type { Shell } from "./shells.ts";

/** `mctunnel completion bash|zsh|fish` for these commands. */
export function completionOf(
  pages: readonly CommandPage[],
): (this: CliContext, flags: Record<never, never>, shell: Shell) => Promise<void> {
  return async function completion(_flags, shell) {
    const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
    this.io.stdout.write(script(pages.map(modelOf)));
  };
}
