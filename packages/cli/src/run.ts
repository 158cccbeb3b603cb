import type { CliIo } from "./cli-io.ts";

/** Runs one command line (without `node` and the script) and resolves to its exit code; it never rejects. */
export async function run(_argv: readonly string[], _io: CliIo): Promise<number> {
  throw new Error("to come");
}
