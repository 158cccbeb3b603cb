import { basename } from "node:path";
import { inferInputs, renamedFields } from "../../infer/infer-inputs.ts";
import { createTableSql } from "../../infer/infer-schema.ts";
import type { ReadFlags } from "../../load/read-flags.ts";
import { formatCounted } from "../../report/figures.ts";
import { shellCommand } from "../../report/shell-words.ts";
import { type CliContext, runCommand } from "../cli-context.ts";

/** The flags of `mctunnel infer`. */
export interface InferFlags
  extends Pick<
    ReadFlags,
    | "format"
    | "include"
    | "exclude"
    | "encoding"
    | "header"
    | "columns"
    | "delimiter"
    | "recordDelimiter"
    | "quote"
    | "noQuote"
    | "escape"
    | "null"
  > {
  readonly table?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel infer INPUT…`. */
export async function infer(this: CliContext, flags: InferFlags, ...inputs: string[]): Promise<void> {
  await runCommand(this, "infer", flags, async ({ io }) => {
    const schema = await inferInputs(inputs, flags, io.cwd);
    const table = flags.table ?? tableName(inputs[0]!);
    const sql = createTableSql(table, schema.columns);
    if (flags.json === true) {
      io.stdout.write(`${JSON.stringify({ ok: true, command: "infer", table, ...schema, sql })}\n`);
      return;
    }
    if (flags.quiet === true) return;
    const seen =
      schema.records === 0 && !schema.hasHeader
        ? "the files' own schemas"
        : `${schema.isWhole ? "" : "the first "}${formatCounted(schema.records, "record")}`;
    const map = renamedFields(schema).flatMap(([field, column]) => ["--map", `${field}=${column}`]);
    const load = shellCommand("mctunnel", "upload", ...inputs, table, ...map);
    const notes = schema.notes.map(({ field, note }) => `-- ${field}: ${note}\n`).join("");
    io.stdout.write(
      `-- from ${seen}${schema.hasHeader ? ", with a header" : ""}\n${notes}${sql}\n-- then: ${load}\n`,
    );
  });
}

function tableName(input: string): string {
  const plain = basename(input)
    .toLowerCase()
    .replace(/\..*$/, "")
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[a-z]/.test(plain) ? plain : "new_table";
}
