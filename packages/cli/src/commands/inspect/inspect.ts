import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError } from "../../errors.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import type { BodyFault, BodyReport } from "./body-report.ts";
import { hexDump } from "./hex-dump.ts";
import { inspectArrow, looksLikeArrow } from "./inspect-arrow.ts";
import { inspectRecords } from "./inspect-records.ts";
import { bodyJson, type InspectedFile, writeBody } from "./inspect-report.ts";
import { readSchema } from "./schema-text.ts";
import { unpackBody } from "./unpack-body.ts";

/** The flags of `mctunnel inspect`. */
export interface InspectFlags {
  readonly schema?: string;
  readonly rows?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel inspect FILE`. */
export async function inspect(this: CliContext, flags: InspectFlags, name: string): Promise<void> {
  let report: object | undefined;
  let hasLeft = (): boolean => false;
  await runCommand(this, "inspect", { ...flags, writesOwnJson: true }, async (run) => {
    const { io, stop } = run;
    hasLeft = () => stop.hasLeft;
    const schema = flags.schema === undefined ? undefined : await readSchema(flags.schema, io.cwd);
    const packed = await readBody(run, name);
    const { compression, bytes, fault } = await unpackBody(packed);
    const file: InspectedFile = { file: name, compression, packedBytes: packed.length, bytes: bytes.length };
    const rows = flags.rows ?? 5;
    const body = looksLikeArrow(bytes)
      ? await inspectArrow(bytes, schema, rows)
      : inspectRecords(bytes, schema, rows);
    const dump = body.fault === undefined ? [] : hexDump(bytes, body.fault.offset);
    report = { ...bodyJson(file, body, dump), ...(fault === undefined ? {} : { ok: false, damage: fault }) };
    if (flags.json !== true && flags.quiet !== true) writeBody(io.stdout, file, body, dump);
    if (fault !== undefined) {
      throw new CliError("malformed-body", `${name}: ${fault}.`, { position: { file: name } });
    }
    if (body.fault !== undefined) throw brokenBody(name, body, body.fault);
  });
  if (flags.json !== true || hasLeft()) return;
  const { exitCode } = this;
  const facts = report ?? { ok: false, command: "inspect", file: name, error: this.failure };
  this.io.stdout.write(`${JSON.stringify({ ...facts, exitCode })}\n`);
}

async function readBody({ io }: CommandRun, name: string): Promise<Uint8Array> {
  const path = resolve(io.cwd, name);
  const position = { file: name };
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new CliError("not-a-file", `${name}: this is a directory.`, { position });
    if (facts.size > largestBody) {
      throw new CliError(
        "file-unreadable",
        `${name}: it is larger than 2 GiB, which is more than is read at once.`,
        {
          position,
        },
      );
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") {
      throw new CliError("file-not-found", `${name}: there is no such file.`, { position, cause });
    }
    throw new CliError("file-unreadable", `${name}: it cannot be read (${code}).`, { position, cause });
  }
}

function brokenBody(name: string, body: BodyReport, fault: BodyFault): CliError {
  const whole = `${body.records} ${body.format === "record pack" ? "records" : "rows"} before that are whole`;
  return new CliError(
    "malformed-body",
    `${name} breaks at byte ${fault.offset}: ${fault.message}; ${whole}.`,
    {
      position: { file: name, byteOffset: fault.offset },
      field: fault.column,
      next: body.isGuessed
        ? "Give the columns with --schema, if they are known: guesses can be wrong."
        : undefined,
    },
  );
}

const largestBody = 2 ** 31 - 1;
