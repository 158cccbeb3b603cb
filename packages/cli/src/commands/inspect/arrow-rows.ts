import { type ColumnSpec, type ColumnType, formatType, parseType } from "@maxcompute-tunnel/codec";
import type { DataType, Field, Schema } from "apache-arrow";

/** What the batches hold in these columns. */
export interface ArrowRows {
  readonly rows: readonly (readonly unknown[])[];
  /** NULL values by column. */
  readonly nulls: readonly number[];
}

/** Reads record batches that carry no schema of their own, with the layouts that the official clients send. */
export async function arrowRows(
  batches: Uint8Array,
  columns: readonly ColumnSpec[],
  rows: number,
): Promise<ArrowRows> {
  const arrow = await import("apache-arrow");
  const fields = columns.map(
    ({ name, type }) => new arrow.Field(name, arrowType(arrow, parseType(type)), true),
  );
  const opening = schemaMessage(arrow, new arrow.Schema(fields));
  const stream = Buffer.concat([opening, batches, endOfStream]);
  const table = arrow.tableFromIPC(stream);
  const vectors = columns.map((_, index) => table.getChildAt(index)!);
  const shown = Array.from({ length: Math.min(rows, table.numRows) }, (_, row) =>
    vectors.map((vector, index) => plainValue(arrow, fields[index]!, vector.get(row))),
  );
  return { rows: shown, nulls: vectors.map(({ nullCount }) => nullCount) };
}

type Arrow = typeof import("apache-arrow");

/** A stream with nothing in it but its schema. */
function schemaMessage(arrow: Arrow, schema: Schema): Uint8Array {
  const whole = arrow.tableToIPC(new arrow.Table(schema), "stream");
  const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
  return whole.subarray(0, 8 + view.getInt32(4, true));
}

function arrowType(arrow: Arrow, type: ColumnType): DataType {
  const field = (name: string, inner: ColumnType): Field =>
    new arrow.Field(name, arrowType(arrow, inner), true);
  switch (type.kind) {
    case "tinyint":
      return new arrow.Int8();
    case "smallint":
      return new arrow.Int16();
    case "int":
      return new arrow.Int32();
    case "bigint":
      return new arrow.Int64();
    case "float":
      return new arrow.Float32();
    case "double":
      return new arrow.Float64();
    case "boolean":
      return new arrow.Bool();
    case "binary":
      return new arrow.Binary();
    case "date":
      return new arrow.DateDay();
    case "datetime":
      return new arrow.TimestampMillisecond();
    case "timestamp":
    case "timestamp_ntz":
      return new arrow.TimestampNanosecond();
    case "interval_day_time":
      return new arrow.IntervalDayTime();
    case "interval_year_month":
      return new arrow.IntervalYearMonth();
    case "decimal":
      // Without precision it is the old decimal(54,18).
      return new arrow.Decimal(
        type.scale ?? 18,
        type.precision ?? 54,
        (type.precision ?? 54) > 38 ? 256 : 128,
      );
    case "array":
      return new arrow.List(field("element", type.element));
    case "map":
      return new arrow.Map_(
        new arrow.Field(
          "entries",
          new arrow.Struct([
            new arrow.Field("key", arrowType(arrow, type.key), false),
            field("value", type.value),
          ]),
          false,
        ) as never,
      );
    case "struct":
      return new arrow.Struct(type.fields.map(({ name, type: inner }) => field(name, inner)));
    case "string":
    case "char":
    case "varchar":
    case "json":
      return new arrow.Utf8();
    default:
      throw new Error(`${formatType(type)} has no Arrow layout that is known here`);
  }
}

function plainValue(arrow: Arrow, { type }: Field, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (arrow.DataType.isTimestamp(type)) return new Date(Number(value)).toISOString();
  if (arrow.DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  if (arrow.DataType.isDecimal(type)) return decimalText(value as Uint32Array, type.scale);
  const hasJson = typeof value === "object" && "toJSON" in value && typeof value.toJSON === "function";
  return hasJson ? (value.toJSON as () => unknown)() : value;
}

/** Little-endian words, two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
  let value = 0n;
  for (let index = words.length - 1; index >= 0; index -= 1) value = (value << 32n) | BigInt(words[index]!);
  const signed = BigInt.asIntN(words.length * 32, value);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${signed < 0n ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

const endOfStream = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
