import type { ColumnType } from "@maxcompute-tunnel/codec";
import type { ArrowConventions } from "./conventions.ts";

/** An Arrow type, as far as columns have one. */
export type ArrowType =
  | { readonly kind: "int"; readonly bytes: 1 | 2 | 4 | 8 }
  | { readonly kind: "float"; readonly bytes: 4 | 8 }
  | { readonly kind: "bool" | "utf8" | "binary" | "date" | "day-time" | "year-month" }
  | DecimalLayout
  | { readonly kind: "timestamp"; readonly unit: "ms" | "ns" }
  /** A struct of a 64-bit `sec` and a 32-bit `nano`. */
  | { readonly kind: "seconds-nanos" }
  | { readonly kind: "list"; readonly element: ArrowType }
  | { readonly kind: "map"; readonly key: ArrowType; readonly value: ArrowType }
  | {
      readonly kind: "struct";
      readonly fields: readonly { readonly name: string; readonly type: ArrowType }[];
    };

export interface DecimalLayout {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
  readonly bytes: 16 | 32;
}

/** Digits that 128 bits hold. */
const maxDigitsOf128 = 38;

/** The Arrow type of a column. */
export function arrowTypeOf(type: ColumnType, conventions: ArrowConventions): ArrowType {
  const isTime = type.kind === "timestamp" || type.kind === "timestamp_ntz";
  return isTime && conventions.timestamps === "struct-columns"
    ? { kind: "seconds-nanos" }
    : nestedTypeOf(type, conventions);
}

function nestedTypeOf(type: ColumnType, conventions: ArrowConventions): ArrowType {
  switch (type.kind) {
    case "tinyint":
      return { kind: "int", bytes: 1 };
    case "smallint":
      return { kind: "int", bytes: 2 };
    case "int":
      return { kind: "int", bytes: 4 };
    case "bigint":
      return { kind: "int", bytes: 8 };
    case "float":
      return { kind: "float", bytes: 4 };
    case "double":
      return { kind: "float", bytes: 8 };
    case "boolean":
      return { kind: "bool" };
    case "string":
    case "char":
    case "varchar":
    case "json":
      return { kind: "utf8" };
    case "binary":
    case "geography":
      return { kind: "binary" };
    case "decimal":
      return decimalLayout(type.precision, type.scale ?? 0, conventions);
    case "date":
      return { kind: "date" };
    case "datetime":
      return { kind: "timestamp", unit: "ms" };
    case "timestamp":
    case "timestamp_ntz":
      return conventions.timestamps === "struct"
        ? { kind: "seconds-nanos" }
        : { kind: "timestamp", unit: "ns" };
    case "interval_day_time":
      return { kind: conventions.dayTimeInterval === "struct" ? "seconds-nanos" : "day-time" };
    case "interval_year_month":
      return { kind: "year-month" };
    case "array":
      return { kind: "list", element: nestedTypeOf(type.element, conventions) };
    case "map":
      return {
        kind: "map",
        key: nestedTypeOf(type.key, conventions),
        value: nestedTypeOf(type.value, conventions),
      };
    case "struct":
      return {
        kind: "struct",
        fields: type.fields.map((field) => ({
          name: field.name,
          type: nestedTypeOf(field.type, conventions),
        })),
      };
    case "vector":
      return { kind: "list", element: { kind: "float", bytes: type.element === "float" ? 4 : 8 } };
  }
}

function decimalLayout(
  precision: number | undefined,
  scale: number,
  conventions: ArrowConventions,
): DecimalLayout {
  if (precision === undefined) {
    return conventions.bareDecimalBits === 256
      ? { kind: "decimal", precision: 54, scale: 18, bytes: 32 }
      : { kind: "decimal", precision: maxDigitsOf128, scale: 18, bytes: 16 };
  }
  return {
    kind: "decimal",
    precision,
    scale: scale === 0 ? conventions.scaleOfWholeDecimals : scale,
    bytes: precision > maxDigitsOf128 ? 32 : 16,
  };
}
