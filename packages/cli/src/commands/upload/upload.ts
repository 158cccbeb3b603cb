import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { CliIo } from "../../cli-io.ts";
import { CliError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import { runLoad } from "../../load/run-load.ts";
import type { UploadFlags } from "../../load/upload-flags.ts";
import { shellCommand } from "../../report/shell-words.ts";
import { checkTransformFlags } from "../../transform/transform-flags.ts";
import { type CliContext, runCommand } from "../cli-context.ts";

/** `mctunnel upload INPUT… TABLE`, and what `mctunnel resume` makes of it. */
export default async function upload(
  this: CliContext,
  given: UploadFlags,
  ...positionals: string[]
): Promise<void> {
  const { resumption } = this;
  const flags: UploadFlags = { ...given, ...resumption?.flags };
  const command = resumption === undefined ? "upload" : "resume";
  await runCommand(this, command, flags, async (run) => {
    const { io } = run;
    const inputs = positionals.slice(0, -1);
    const table = positionals.at(-1)!;
    await refuseSwappedOrder(inputs, table, io);
    if (flags.dryRun === true) {
      checkTransformFlags(flags);
      const { checkInputs } = await import("../check/check.ts");
      if (!(await checkInputs(run, flags, inputs, table))) this.exitCode = exitCodes.data;
      return;
    }
    if (flags.overwrite !== true && (await areEmptyFolders(inputs, io))) {
      io.stdout.write(flags.json === true ? "" : "There are no files, and so no rows, to load.\n");
      if (flags.json === true)
        io.stdout.write(`${JSON.stringify({ ok: true, command, rows: 0, files: [] })}\n`);
      return;
    }
    const rejected = await runLoad(run, { command, inputs, table, flags, argv: this.argv, resumption });
    if (rejected > 0) this.exitCode = exitCodes.rejects;
  });
}

/** The table comes last; the other order is the likeliest slip, and `no such file` would not explain it. */
async function refuseSwappedOrder(names: readonly string[], table: string, io: CliIo): Promise<void> {
  const tableIsFile = await isKind(table, io, "isFile");
  if (!tableIsFile || (await isKind(names[0]!, io, "isFile"))) return;
  throw new CliError("invalid-usage", `${table} is a file, but the last argument has to be the table.`, {
    next: `Write the files first: ${shellCommand("mctunnel", "upload", ...names.slice(1), table, names[0]!)}`,
  });
}

async function areEmptyFolders(names: readonly string[], io: CliIo): Promise<boolean> {
  const { readdir } = await import("node:fs/promises");
  for (const name of names) {
    if (name === "-" || !(await isKind(name, io, "isDirectory"))) return false;
    if ((await readdir(resolve(io.cwd, name))).length > 0) return false;
  }
  return true;
}

async function isKind(name: string, io: CliIo, kind: "isFile" | "isDirectory"): Promise<boolean> {
  return stat(resolve(io.cwd, name)).then(
    (found) => found[kind](),
    () => false,
  );
}
