import { createHash } from "node:crypto";
import { type ColumnSpec, decodeRecords } from "@maxcompute-tunnel/codec";
import {
  type ColumnConverter,
  compileColumns,
  readRecord,
  type TextConversion,
} from "@maxcompute-tunnel/codec/text";
import {
  type FileInput,
  type FileSource,
  type FileSourceOptions,
  openFileSource,
  sampleFiles,
} from "@maxcompute-tunnel/files";
import { type BlockSource, rowSource } from "@maxcompute-tunnel/writer";
import { CliError } from "../errors.ts";
import { inferSchema } from "../infer/infer-schema.ts";
import { given } from "../load/reading.ts";
import type { LoadedTransform } from "./load-transform.ts";
import type { TransformInput, TransformOutput } from "./row-transform.ts";

/** What rows are made of. */
export interface TransformParts {
  readonly inputs: readonly (string | FileInput)[];
  /** How the inputs are read: for each of the sources that are opened one after the other. */
  readonly options: FileSourceOptions;
  readonly transform: LoadedTransform;
}

/**
 * A source of rows that a module makes of records, one after the other on this thread. Fingerprints cover the inputs, the
 * settings and the module.
 */
export function transformSource(
  known: FileSource,
  { inputs, options, transform }: TransformParts,
): BlockSource {
  const digest = createHash("sha256")
    .update(JSON.stringify([known.fingerprint, known.settings, transform.digest]))
    .digest("hex");
  const { blockBytes } = options;
  return {
    ...rowSource(() => [], { name: transform.name, digest, ...given({ blockBytes }) }),
    blocks: (request) => {
      const convert = converter(request.columns, options.conversion ?? {});
      const rows = (): AsyncGenerator<object> =>
        transformed(inputs, options, transform, convert, request.signal);
      return rowSource(rows, { name: transform.name, digest, ...given({ blockBytes }) }).blocks(request);
    },
    close: () => known.close(),
  };
}

async function* transformed(
  inputs: readonly (string | FileInput)[],
  options: FileSourceOptions,
  { name, transform }: LoadedTransform,
  convert: (row: TransformOutput) => object,
  signal: AbortSignal,
): AsyncGenerator<object> {
  const fields = await fieldsOf(inputs, options);
  const {
    map: _map,
    constants: _constants,
    columns: _columns,
    conversion: _conversion,
    ...reading
  } = options;
  await using source = await openFileSource(inputs, {
    ...reading,
    ...(fields.isNamed ? {} : { header: "absent" }),
    compression: "none",
    workers: 1,
  });
  const { columns, isJson } = fields;
  const request = { columns, stored: [], again: [], compareStored: false, maxFieldBytes, signal };
  let number = 0;
  for await (const block of source.blocks(request)) {
    const records =
      block.rows === 0 ? [] : (decodeRecords(columns, joined(block.chunks)) as TransformInput[]);
    block.release?.();
    for (const record of records) {
      number += 1;
      let made: Awaited<ReturnType<typeof transform>>;
      try {
        made = await transform(isJson ? parsed(record) : record);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new CliError("bad-value", `${name} failed on record ${number}: ${message}`, { cause });
      }
      if (made === null || made === undefined) continue;
      for (const row of Array.isArray(made)
        ? (made as readonly TransformOutput[])
        : [made as TransformOutput]) {
        try {
          yield convert(row);
        } catch (cause) {
          const message = cause instanceof Error ? cause.message : String(cause);
          throw new CliError("bad-value", `What ${name} made of record ${number} does not fit: ${message}`, {
            cause,
          });
        }
      }
    }
  }
}

interface Fields {
  readonly columns: readonly ColumnSpec[];
  readonly isJson: boolean;
  /** Whether the inputs themselves name their fields. */
  readonly isNamed: boolean;
}

/** What the fields of the records are called: by the first input's header, by `--columns`, or `c1`, `c2` … */
async function fieldsOf(
  inputs: readonly (string | FileInput)[],
  options: FileSourceOptions,
): Promise<Fields> {
  const { cwd, include, exclude, format, encoding, dialect = {}, header = "auto", columns: said } = options;
  const samples = await sampleFiles(inputs, given({ cwd, include, exclude, format, encoding }));
  const [first] = samples;
  const isJson = first?.format === "jsonl";
  if (samples.some((sample) => (sample.format === "jsonl") !== isJson)) {
    throw new CliError(
      "invalid-setting",
      "A transform reads either delimited text or JSON lines, not both in one load.",
    );
  }
  const schema = inferSchema(samples, { dialect, header, columns: said });
  if (isJson) {
    const columns = schema.columns.map(({ field, name }) => ({ name: field ?? name, type: "json" }));
    return { columns, isJson, isNamed: true };
  }
  const record = first === undefined ? undefined : readRecord(first.text, dialect, { final: first.isWhole });
  const names = said ?? (schema.hasHeader ? record?.fields.map((field) => field.trim()) : undefined);
  const count = record?.fields.length ?? 0;
  const columns = Array.from({ length: count }, (_, index) => ({
    name: names?.[index] || `c${index + 1}`,
    type: "string",
  }));
  return { columns, isJson, isNamed: schema.hasHeader };
}

function parsed(record: TransformInput): TransformInput {
  return Object.fromEntries(
    Object.entries(record).map(([name, text]) => [name, typeof text === "string" ? JSON.parse(text) : null]),
  );
}

/** Reads text of rows as fields of a file are read, and refuses what is no column. */
function converter(
  columns: readonly ColumnSpec[],
  conversion: TextConversion,
): (row: TransformOutput) => object {
  const compiled = compileColumns(columns, conversion);
  const byName = new Map(columns.map(({ name }, index) => [name.toLowerCase(), compiled[index]!]));
  const required = columns.filter(({ nullable }) => nullable === false).map(({ name }) => name);
  return (row) => {
    if (typeof row !== "object") throw new TypeError(`expected a row, got ${typeof row}`);
    const made: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(row)) {
      const column = byName.get(name.toLowerCase());
      if (column === undefined) throw new TypeError(`${JSON.stringify(name)} is no column of the table`);
      const { name: its, type } = columns[compiled.indexOf(column)]!;
      const bytes = textOf(value, type);
      made[its] = bytes === undefined ? value : readField(column, its, bytes);
    }
    for (const name of required) {
      if (made[name] === undefined || made[name] === null) {
        throw new TypeError(`column ${name}: expected a value, got none`);
      }
    }
    return made;
  };
}

/** The bytes of a text; other values are what the record codec takes. */
function textOf(value: unknown, type: string): Uint8Array | undefined {
  if (typeof value === "string") return Buffer.from(value);
  return value instanceof Uint8Array && /^(?:string|varchar|char)\b/i.test(type) ? value : undefined;
}

function readField(column: ColumnConverter, name: string, bytes: Uint8Array): unknown {
  try {
    return column.fromField(bytes, 0, bytes.byteLength);
  } catch (cause) {
    const reason = (cause as Error).message;
    const got = JSON.stringify(Buffer.from(bytes).toString());
    throw new TypeError(`column ${name}: expected ${reason}, got ${got}`, { cause });
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

const maxFieldBytes = 8 * 1024 * 1024;
