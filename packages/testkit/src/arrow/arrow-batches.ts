import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  type RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  TimestampNanosecond,
  Utf8,
  Vector,
} from "apache-arrow";

/** A column with its type parsed, as the codec parses it. */
export interface ParsedColumn {
  readonly name: string;
  readonly type: ParsedType;
}

/** As much of a parsed type as Arrow types are derived from. */
export interface ParsedType {
  readonly kind: string;
  readonly precision?: number;
  readonly scale?: number;
  /** Of an array; a vector has a name here. */
  readonly element?: ParsedType | string;
  readonly key?: ParsedType;
  readonly value?: ParsedType;
  readonly fields?: readonly ParsedColumn[];
}

/** The Arrow schema that both sides derive from a table's columns, as PyODPS does. */
export function arrowSchema(columns: readonly ParsedColumn[]): Schema {
  return new Schema(columns.map(({ name, type }) => new Field(name, arrowType(type), true)));
}

/** Tunnel sends record batches only: a stream needs the schema before them and an end behind them. */
export function readBatches(columns: readonly ParsedColumn[], payload: Uint8Array): RecordBatch[] {
  // The library makes up an empty batch where a stream has none.
  if (payload.length === 0) return [];
  const stream = schemaStream(arrowSchema(columns));
  return [...RecordBatchReader.from(Buffer.concat([stream.subarray(0, -8), payload, stream.subarray(-8)]))];
}

/** The record batch messages of some batches, without schema and end. */
export function batchMessages(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true).subarray(schemaStream(schema).length - 8, -8);
}

/** The rows of a batch, in the golden files' conventions. */
export function batchRows(columns: readonly ParsedColumn[], batch: RecordBatch): unknown[][] {
  return Array.from({ length: batch.numRows }, (_, row) =>
    columns.map(({ type }, column) => {
      const data = batch.data.children[column];
      return data === undefined ? null : valueAt(type, data, row);
    }),
  );
}

function schemaStream(schema: Schema): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  return writer.toUint8Array(true);
}

function arrowType(type: ParsedType): DataType {
  switch (type.kind) {
    case "tinyint":
      return new Int8();
    case "smallint":
      return new Int16();
    case "int":
      return new Int32();
    case "bigint":
      return new Int64();
    case "float":
      return new Float32();
    case "double":
      return new Float64();
    case "boolean":
      return new Bool();
    case "string":
    case "char":
    case "varchar":
      return new Utf8();
    case "binary":
      return new Binary();
    case "decimal":
      return type.precision === undefined
        ? new Decimal(18, 54, 256)
        : new Decimal(type.scale ?? 0, type.precision, 128);
    case "date":
      return new DateDay();
    case "datetime":
      return new TimestampMillisecond();
    case "timestamp":
    case "timestamp_ntz":
      return new TimestampNanosecond();
    case "interval_day_time":
      return new Struct([new Field("sec", new Int64(), true), new Field("nano", new Int32(), true)]);
    case "array":
      return new List(new Field("item", arrowType(elementOf(type)), true));
    case "map":
      return new Map_(
        new Field(
          "entries",
          new Struct<{ key: DataType; value: DataType }>([
            new Field("key", arrowType(type.key!), false),
            new Field("value", arrowType(type.value!), true),
          ]),
          false,
        ),
      );
    case "struct":
      return new Struct(
        (type.fields ?? []).map(({ name, type: inner }) => new Field(name, arrowType(inner), true)),
      );
    default:
      throw new Error(`Expected a type that Arrow bodies carry, got ${type.kind}`);
  }
}

function valueAt(type: ParsedType, data: Data, index: number): unknown {
  if (!data.getValid(index)) return null;
  switch (type.kind) {
    case "bigint":
      return String(data.values[index]);
    case "float":
    case "double": {
      const value = data.values[index] as number;
      return Number.isFinite(value) ? value : String(value);
    }
    case "binary":
      return { hex: Buffer.from(new Vector([data]).get(index) as Uint8Array).toString("hex") };
    case "decimal":
      return decimalAt(data, index, type.scale ?? 18);
    case "date":
      return new Date((data.values[index] as number) * 86_400_000).toISOString().slice(0, 10);
    case "datetime": {
      const ms = data.values[index] as bigint;
      return { epoch_ms: String(ms), utc: new Date(Number(ms)).toISOString().replace(".000Z", "Z") };
    }
    case "timestamp":
    case "timestamp_ntz": {
      const nanos = data.values[index] as bigint;
      const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
      return { seconds: String((nanos - rest) / 1_000_000_000n), nanos: Number(rest) };
    }
    case "interval_day_time": {
      const [seconds, nanos] = data.children;
      return { seconds: String(seconds?.values[index]), nanos: nanos?.values[index] as number };
    }
    case "array":
      return elementsAt(data, index).map(([inner, at]) => valueAt(elementOf(type), inner, at));
    case "map":
      return elementsAt(data, index).map(([entries, at]) => {
        const [keys, values] = entries.children;
        return [valueAt(type.key!, keys as Data, at), valueAt(type.value!, values as Data, at)];
      });
    case "struct":
      return (type.fields ?? []).map((field, at) => valueAt(field.type, data.children[at] as Data, index));
    default:
      return new Vector([data]).get(index);
  }
}

function elementOf({ kind, element }: ParsedType): ParsedType {
  if (typeof element === "object") return element;
  throw new Error(`Expected a type with elements, got ${kind}`);
}

function elementsAt(data: Data, index: number): [Data, number][] {
  const start = data.valueOffsets[index] as number;
  const end = data.valueOffsets[index + 1] as number;
  return Array.from({ length: end - start }, (_, at) => [data.children[0] as Data, start + at]);
}

/** Two's complement words, least significant first, as decimal text without zeros at its end. */
function decimalAt(data: Data, index: number, scale: number): string {
  const words = (data.type as Decimal).bitWidth / 32;
  let unscaled = 0n;
  for (let word = words - 1; word >= 0; word--) {
    unscaled = (unscaled << 32n) | BigInt(data.values[index * words + word] as number);
  }
  unscaled = BigInt.asIntN(words * 32, unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const sign = unscaled < 0n ? "-" : "";
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 || fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}
