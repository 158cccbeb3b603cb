import { isAbsolute, join, resolve } from "node:path";
import { type JournalDirectory, journalDirectory } from "@maxcompute-tunnel/writer/node";
import type { CliIo } from "../cli-io.ts";

/**
 * Where the journals of loads are kept: `--state-dir`, `MCTUNNEL_STATE_DIR`, or the folder `mctunnel` in the place for
 * what programs remember: `XDG_STATE_HOME`, or else `~/.local/state`.
 */
export function openStateDirectory(io: CliIo, said: string | undefined): JournalDirectory {
  return journalDirectory(stateDirectory(io, said), { now: io.now });
}

function stateDirectory({ env, cwd, homeDirectory }: CliIo, said: string | undefined): string {
  const named = said ?? (env["MCTUNNEL_STATE_DIR"] || undefined);
  if (named !== undefined) return resolve(cwd, named);
  const states = env["XDG_STATE_HOME"];
  // The specification has relative paths passed over.
  const home = states !== undefined && isAbsolute(states) ? states : join(homeDirectory, ".local", "state");
  return join(home, "mctunnel");
}
