import { readFileSync } from "node:fs";
import { type ColumnSpec, type ColumnType, parseType } from "../src/schema/index.ts";

/** One case of a golden file: only the members that the tests read. */
export interface GoldenCase {
  readonly name: string;
  readonly schema: readonly ColumnSpec[];
  readonly records: readonly (readonly unknown[])[];
  readonly hex: string;
  readonly record_crc32c?: readonly number[];
  readonly crc_of_crcs?: number;
  readonly metrics_json?: string;
}

/** The cases of a file in test/golden. */
export function goldenCases<T = GoldenCase>(file: string): readonly T[] {
  const path = new URL(`golden/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly vectors: readonly T[] }).vectors;
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The rows of a case as this package has them, as arrays in schema order. */
export function goldenRows(golden: Pick<GoldenCase, "schema" | "records">): unknown[][] {
  const types = golden.schema.map((column) => parseType(column.type));
  return golden.records.map((record) => record.map((value, index) => fromGolden(types[index]!, value)));
}

/** A value as written in the golden files, as this package decodes it. */
export function fromGolden(type: ColumnType, value: unknown): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "bigint":
      return BigInt(value as string);
    case "float":
    case "double":
      return Number(value);
    case "binary":
      return fromHex((value as { hex: string }).hex);
    case "datetime":
      return new Date(Number((value as { epoch_ms: string }).epoch_ms));
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time": {
      const { seconds, nanos } = value as { seconds: string; nanos: number };
      return { seconds: BigInt(seconds), nanos };
    }
    case "array":
      return (value as unknown[]).map((element) => fromGolden(type.element, element));
    case "map":
      return (value as [unknown, unknown][]).map(([key, member]) => [
        fromGolden(type.key, key),
        fromGolden(type.value, member),
      ]);
    case "struct":
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, fromGolden(field.type, (value as unknown[])[index])]),
      );
    default:
      return value;
  }
}
