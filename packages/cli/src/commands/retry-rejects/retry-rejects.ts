import { mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { FileInput } from "@maxcompute-tunnel/files";
import { CliError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { KeptReject } from "../../load/kept-reject.ts";
import { readRejects } from "../../load/rejects-file.ts";
import { runLoad } from "../../load/run-load.ts";
import type { UploadFlags } from "../../load/upload-flags.ts";
import { checkTransformFlags } from "../../transform/transform-flags.ts";
import { type CliContext, runCommand } from "../cli-context.ts";

/** `mctunnel retry-rejects FILE TABLE`. */
export async function retryRejects(
  this: CliContext,
  said: UploadFlags,
  file: string,
  table: string,
): Promise<void> {
  const { resumption } = this;
  const flags = { ...said, ...resumption?.flags };
  const command = resumption === undefined ? "retry-rejects" : "resume";
  await runCommand(this, command, flags, async (run) => {
    const path = resolve(run.io.cwd, file);
    const state = await stat(path).catch(() => undefined);
    if (state === undefined) {
      throw new CliError("file-not-found", `${file}: there is no such file.`, { position: { file } });
    }
    if (flags.rejects !== undefined && resolve(run.io.cwd, flags.rejects) === path) {
      throw new CliError("invalid-setting", "What is rejected again has to go into another file.");
    }
    const texts = textsOf(file, readRejects(path), flags);
    const folder = await mkdtemp(join(tmpdir(), "mctunnel-retry-"));
    try {
      const inputs: FileInput[] = [];
      for (const { format, text } of texts) {
        const place = join(folder, `${basename(file)}.${format}`);
        await writeFile(place, text, { mode: 0o600 });
        // The same file makes the same input, so that a load of it can be gone on with.
        await utimes(place, state.atime, state.mtime);
        inputs.push({ path: place, name: `${file} (raw)` });
      }
      const { encoding: _, columns: _names, ...rest } = flags;
      const [first] = texts;
      const reading = { ...rest, ...(first?.hasHeader === undefined ? {} : { header: first.hasHeader }) };
      const request = { command, inputs, table, flags: { ...reading, format: first!.format } };
      if (flags.dryRun === true) {
        checkTransformFlags(flags);
        const { checkInputs } = await import("../check/check.ts");
        if (!(await checkInputs(run, request.flags, inputs, table))) this.exitCode = exitCodes.data;
        return;
      }
      const rejected = await runLoad(run, { ...request, argv: this.argv, resumption });
      if (rejected > 0) this.exitCode = exitCodes.rejects;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

interface RetryText {
  readonly format: NonNullable<UploadFlags["format"]>;
  /** Whether a header was put before the records; `undefined` for formats without one. */
  readonly hasHeader: boolean | undefined;
  readonly text: string;
}

/** The records as a file that can be loaded. @throws CliError `bad-value`, `invalid-setting` */
function textsOf(file: string, rejects: readonly KeptReject[], flags: UploadFlags): readonly RetryText[] {
  if (rejects.length === 0) {
    throw new CliError("file-unreadable", `${file}: there are no rejected records in it.`, {
      position: { file },
    });
  }
  for (const [index, { raw, code }] of rejects.entries()) {
    if (typeof raw !== "string") {
      throw new CliError("malformed-json", `${file}:${index + 1}: there is no text "raw" to load.`, {
        position: { file, line: index + 1 },
      });
    }
    // What stands there instead of the file's bytes must not be loaded as if it were they.
    if (code === "bad-utf8" && raw.includes("\ufffd")) {
      throw new CliError(
        "bad-value",
        `${file}:${index + 1}: the record's bytes were no text, and "raw" only shows them.`,
        { position: { file, line: index + 1 }, next: 'Correct its "raw", or remove the line.' },
      );
    }
  }
  const kinds = new Set(
    rejects.map(({ format = "csv", fields }) => JSON.stringify([format, fields ?? null])),
  );
  if (kinds.size > 1) {
    throw new CliError(
      "invalid-setting",
      `${file}: its records come from files of different formats or headers.`,
      {
        next: 'Split it by its member "file", and load one after the other.',
      },
    );
  }
  const { format: from = "csv", fields, isRow } = rejects[0]!;
  // Of rows under a schema, "raw" is JSON.
  const format = isRow === true ? "jsonl" : from;
  const kind = (flags.format ?? format) as RetryText["format"];
  const end = flags.recordDelimiter ?? "\n";
  const records = rejects.map(({ raw }) => `${raw}${end}`).join("");
  if (kind === "jsonl") return [{ format: kind, hasHeader: undefined, text: records }];
  const names = flags.columns ?? fields;
  const header = names === undefined ? "" : `${headerText(names, kind, flags)}${end}`;
  return [{ format: kind, hasHeader: names !== undefined, text: header + records }];
}

function headerText(names: readonly string[], format: string, flags: UploadFlags): string {
  const delimiter = flags.delimiter ?? (format === "tsv" ? "\t" : ",");
  const quote = flags.noQuote === true ? undefined : (flags.quote ?? '"');
  return names
    .map((name) =>
      quote !== undefined && (name.includes(delimiter) || name.includes(quote) || /[\r\n]/.test(name))
        ? `${quote}${name.replaceAll(quote, (flags.escape ?? quote) + quote)}${quote}`
        : name,
    )
    .join(delimiter);
}
