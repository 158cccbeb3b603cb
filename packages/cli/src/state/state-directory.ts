import { join, resolve } from "node:path";
import { type JournalDirectory, journalDirectory } from "@maxcompute-tunnel/writer/node";
import type { CliIo } from "../cli-io.ts";

/** Where the journals of loads are kept: `--state-dir`, `MCTUNNEL_STATE_DIR`, or `~/.mctunnel/uploads`. */
export function openStateDirectory(io: CliIo, said: string | undefined): JournalDirectory {
  const named = said ?? (io.env["MCTUNNEL_STATE_DIR"] || undefined);
  const path = named === undefined ? join(io.homeDirectory, ".mctunnel", "uploads") : resolve(io.cwd, named);
  return journalDirectory(path, { now: io.now });
}
