import { readFileSync } from "node:fs";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import type { ColumnSpec, ColumnType } from "@maxcompute-tunnel/codec";

/** A body that PyODPS sent, and the rows it holds in the file's own conventions. */
export interface ArrowCase {
  readonly name: string;
  readonly schema: readonly ColumnSpec[];
  readonly rows: readonly (readonly unknown[])[];
  /** The body before any content encoding. */
  readonly framed: Uint8Array;
  /** As it was sent, where it was sent compressed. */
  readonly compressed?: { readonly encoding: string; readonly body: Uint8Array };
}

interface StoredCase {
  readonly name: string;
  readonly schema: readonly ColumnSpec[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly framed_base64?: string;
  readonly body_base64?: string;
  readonly content_encoding?: "deflate" | "zstd";
}

/** The cases of test/golden/arrow-batches.json whose bytes it holds: 22 plain ones and 2 compressed. */
export function arrowCases(): readonly ArrowCase[] {
  const path = new URL("../golden/arrow-batches.json", import.meta.url);
  const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { readonly vectors: readonly StoredCase[] };
  return vectors.flatMap(({ name, schema, rows, framed_base64, body_base64, content_encoding: encoding }) => {
    const plain = framed_base64 === undefined ? [] : [Buffer.from(framed_base64, "base64")];
    if (body_base64 === undefined || encoding === undefined) {
      return plain.map((framed) => ({ name, schema, rows: rows ?? [], framed }));
    }
    const body = Buffer.from(body_base64, "base64");
    const framed = plain[0] ?? (encoding === "deflate" ? inflateSync(body) : zstdDecompressSync(body));
    return [{ name, schema, rows: compressedRows, framed, compressed: { encoding, body } }];
  });
}

/** The rule of the compressed cases: i, 'value ' + (i mod 10), and NULL when i mod 3 = 0 else i / 4. */
const compressedRows = Array.from({ length: 200 }, (_, index) => [
  String(index),
  `value ${index % 10}`,
  index % 3 === 0 ? null : index / 4,
]);

/** A value as the emulator reads it, in the conventions of the file; decimals without zeros at their end. */
export function told(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  switch (type.kind) {
    case "bigint":
      return String(value);
    case "float":
    case "double":
      return Number.isFinite(value) ? value : String(value);
    case "binary":
      return { hex: Buffer.from(value as Uint8Array).toString("hex") };
    case "decimal":
      return shortDecimal(String(value));
    case "datetime": {
      const utc = (value as Date).toISOString().replace(".000Z", "Z");
      return { epoch_ms: String((value as Date).getTime()), utc };
    }
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time": {
      const { seconds, nanos } = value as { seconds: bigint; nanos: number };
      return { seconds: String(seconds), nanos };
    }
    case "array":
      return (value as unknown[]).map((item) => told(item, type.element));
    case "map":
      return (value as unknown[][]).map(([key, item]) => [told(key, type.key), told(item, type.value)]);
    case "struct":
      return type.fields.map((field) => told((value as Record<string, unknown>)[field.name], field.type));
    default:
      return value;
  }
}

/** A golden value with its decimals written as short as they go. */
export function shortened(value: unknown, type: ColumnType): unknown {
  if (Array.isArray(value) && type.kind === "array") {
    return value.map((item) => shortened(item, type.element));
  }
  return type.kind === "decimal" && typeof value === "string" ? shortDecimal(value) : value;
}

function shortDecimal(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
