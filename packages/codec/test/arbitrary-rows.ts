import fc from "fast-check";
import { type ColumnSpec, type ColumnType, formatType } from "../src/schema/index.ts";

/** Any type, nested up to three levels, and values of it as decoding gives them. */
export interface ArbitraryTable {
  readonly columns: readonly ColumnSpec[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The types that take no parameters. */
export const scalarKinds = [
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "boolean",
  "string",
  "binary",
  "geography",
  "date",
  "datetime",
  "timestamp",
  "timestamp_ntz",
  "interval_day_time",
  "interval_year_month",
  "json",
] as const;

const scalar: fc.Arbitrary<ColumnType> = fc.oneof(
  fc.constantFrom<ColumnType>(...scalarKinds.map((kind) => ({ kind }))),
  fc.constant<ColumnType>({ kind: "decimal" }),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
    .map(
      ([precision, scale]): ColumnType => ({ kind: "decimal", precision, scale: Math.min(precision, scale) }),
    ),
  fc.integer({ min: 1, max: 255 }).map((length): ColumnType => ({ kind: "char", length })),
  fc.integer({ min: 1, max: 65_535 }).map((length): ColumnType => ({ kind: "varchar", length })),
);

const anyLeaf: fc.Arbitrary<ColumnType> = fc.oneof(
  { arbitrary: scalar, weight: 21 },
  fc
    .tuple(fc.constantFrom("float" as const, "double" as const), fc.integer({ min: 1, max: 4 }))
    .map(([element, dimension]): ColumnType => ({ kind: "vector", element, dimension })),
);

const fieldName = fc.constantFrom(
  "a",
  "B",
  "c d",
  "e`f",
  "__proto__",
  "constructor",
  "名",
  "x.y",
  "h:i",
  "<>",
);

const anyType: fc.Arbitrary<ColumnType> = fc.letrec<{ type: ColumnType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthIdentifier: "type" },
    anyLeaf,
    tie("type").map((element): ColumnType => ({ kind: "array", element })),
    fc.tuple(tie("type"), tie("type")).map(([key, value]): ColumnType => ({ kind: "map", key, value })),
    fc
      .uniqueArray(fc.tuple(fieldName, tie("type")), {
        minLength: 1,
        maxLength: 4,
        selector: ([name]) => name,
      })
      .map(
        (fields): ColumnType => ({ kind: "struct", fields: fields.map(([name, type]) => ({ name, type })) }),
      ),
  ),
})).type;

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ maxLength: 20 }),
);

/** Any value of a type, NULL left out. */
function anyValueOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "tinyint":
      return fc.integer({ min: -128, max: 127 });
    case "smallint":
      return fc.integer({ min: -32_768, max: 32_767 });
    case "int":
      return fc.integer();
    case "bigint":
      return fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
    case "float":
      return fc.float();
    case "double":
      return fc.double();
    case "boolean":
      return fc.boolean();
    case "string":
      return text;
    case "char":
    case "varchar":
      return text.map((value) => [...value].slice(0, type.length).join(""));
    case "binary":
    case "geography":
      return fc.uint8Array({ maxLength: 100 });
    case "decimal":
      return decimalOf(type.precision ?? 54, type.scale ?? 18);
    case "date":
      return fc.integer({ min: -719_162, max: 2_932_896 }).map((days) => isoDay(days));
    case "datetime":
      return fc.integer({ min: -62_135_683_200_000, max: 253_402_300_799_999 }).map((ms) => new Date(ms));
    case "timestamp":
    case "timestamp_ntz":
      return instantOf(fc.bigInt({ min: -62_135_683_200n, max: 253_402_300_799n }));
    case "interval_day_time":
      return instantOf(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case "interval_year_month":
      return fc.integer({ min: -119_988, max: 119_988 });
    case "json":
      return fc.json();
    case "vector":
      return fc.array(type.element === "float" ? fc.float() : fc.double(), {
        minLength: type.dimension,
        maxLength: type.dimension,
      });
    case "array":
      return fc.array(nullableOf(type.element), { maxLength: 5 });
    case "map":
      return fc.array(fc.tuple(nullableOf(type.key), nullableOf(type.value)), { maxLength: 5 });
    case "struct":
      return fc.tuple(...type.fields.map((field) => nullableOf(field.type))).map((values) => {
        const struct = {};
        type.fields.forEach(({ name }, index) => {
          Object.defineProperty(struct, name, {
            value: values[index],
            enumerable: true,
            configurable: true,
            writable: true,
          });
        });
        return struct;
      });
  }
}

export const anyTable: fc.Arbitrary<ArbitraryTable> = fc
  .array(anyType, { minLength: 1, maxLength: 20 })
  .chain((types) =>
    fc.array(fc.tuple(...types.map((type) => nullableOf(type))), { maxLength: 8 }).map((rows) => ({
      columns: types.map((type, index) => ({ name: `c${index}`, type: formatType(type) })),
      rows,
    })),
  );

/** Values that some column or other refuses, or takes in a form that decoding does not give. */
const unusual = fc.constantFrom<unknown>(
  "\ud83d",
  "\ude00",
  "x\ud800y",
  "\ude00 then \ud83d",
  "",
  "0",
  "-1.50",
  "+1.5e2",
  "1e400",
  "0.000",
  "2024-02-29",
  "2023-02-29",
  "2024-01-02T03:04:05.678Z",
  "2024-01-02T03:04:05.123456789",
  "2024-01-02T03:04:05.1234567891Z",
  "{}",
  "{",
  "杭州市的一段文字".repeat(20),
  "a".repeat(300),
  "é".repeat(200),
  "😀".repeat(130),
  0,
  -0,
  1,
  -129,
  1.5,
  1e40,
  2 ** 31,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0n,
  -128n,
  2n ** 63n - 1n,
  2n ** 63n,
  -(2n ** 63n),
  -(2n ** 63n) - 1n,
  0x7ff8dead00000000n,
  true,
  new Date(0),
  new Date(86_400_000),
  new Date(Number.NaN),
  new Date(8.64e15),
  Uint8Array.of(),
  Uint8Array.of(0xff, 0xfe),
  Buffer.from("München"),
  { seconds: 1n, nanos: 999_999_999 },
  { seconds: -(2n ** 63n), nanos: 0 },
  { seconds: 1.5, nanos: 0 },
  { seconds: 5, nanos: -1 },
  { a: 1n },
  { a: [1, "two"] },
  [],
  [1],
  Symbol("s"),
  () => 0,
);

/** Tables of scalar types, some NOT NULL, and rows of which some cannot be encoded. */
export const anyScalarTable: fc.Arbitrary<ArbitraryTable> = fc
  .array(fc.tuple(scalar, fc.boolean()), { minLength: 1, maxLength: 14 })
  .chain((types) =>
    fc
      .array(
        fc.tuple(
          ...types.map(([type]) =>
            fc.oneof(
              { arbitrary: anyValueOf(type), weight: 40 },
              { arbitrary: fc.constantFrom(null, undefined), weight: 3 },
              { arbitrary: unusual, weight: 1 },
            ),
          ),
        ),
        { maxLength: 60, size: "max" },
      )
      .map((rows) => ({
        columns: types.map(([type, nullable], index) => ({
          name: `c${index}`,
          type: formatType(type),
          nullable,
        })),
        rows,
      })),
  );

function nullableOf(type: ColumnType): fc.Arbitrary<unknown> {
  return fc.option(anyValueOf(type), { freq: 6 });
}

function instantOf(seconds: fc.Arbitrary<bigint>): fc.Arbitrary<unknown> {
  return fc.record({ seconds, nanos: fc.integer({ min: 0, max: 999_999_999 }) }, { noNullPrototype: true });
}

function decimalOf(precision: number, scale: number): fc.Arbitrary<string> {
  const whole = precision - scale;
  return fc
    .tuple(
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 10n ** BigInt(whole) - 1n }),
      fc.nat(scale),
      fc.bigInt({ min: 0n }),
    )
    .map(([isNegative, integer, digits, fraction]) => {
      const tail = String(fraction % 10n ** BigInt(digits)).padStart(digits, "0");
      return `${isNegative ? "-" : ""}${integer}${digits === 0 ? "" : `.${tail}`}`;
    });
}

function isoDay(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
