import type { ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { SchemaElement } from "hyparquet";

/** How values as a file has them become values as Arrow has them. */
export type Carrier =
  /** The same numbers, in fewer bits, or read without a sign. */
  | { readonly kind: "number"; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: "float" | "double" | "half" | "boolean" | "bytes" | "uuid" | "int96" | "interval" }
  | { readonly kind: "decimal"; readonly words: 4 | 8 };

/** What a leaf of a schema is. */
export interface LeafType {
  readonly carrier: Carrier;
  readonly type: ArrowTypeLike;
  /** Bytes of each value where all have so many. */
  readonly width: number;
}

/** Reads what a leaf means: its physical type, and what it is annotated with, in the new way or the old. */
export function leafType(element: SchemaElement): LeafType {
  const { type: physical, type_length: width = 0 } = element;
  switch (physical) {
    case "BOOLEAN":
      return { carrier: { kind: "boolean" }, type: { typeId: 6 }, width: 0 };
    case "INT32":
      return { ...wholeType(element, 32), width: 4 };
    case "INT64":
      return { ...wholeType(element, 64), width: 8 };
    case "INT96":
      // Nanoseconds of a day and the day; nothing says whose clock it was.
      return { carrier: { kind: "int96" }, type: { typeId: 10, unit: 3, timezone: null }, width: 12 };
    case "FLOAT":
      return { carrier: { kind: "float" }, type: { typeId: 3, precision: 1 }, width: 4 };
    case "DOUBLE":
      return { carrier: { kind: "double" }, type: { typeId: 3, precision: 2 }, width: 8 };
    case "BYTE_ARRAY":
      return { ...bytesType(element), width: 0 };
    case "FIXED_LEN_BYTE_ARRAY":
      return { ...bytesType(element), width };
    default:
      throw new Error(`a column of the type ${physical}`);
  }
}

function wholeType(element: SchemaElement, bits: 32 | 64): Omit<LeafType, "width"> {
  const { logical_type: logical, converted_type: converted } = element;
  const own: Carrier = { kind: "number", bits, signed: true };
  if (logical?.type === "DECIMAL" || converted === "DECIMAL") return decimalType(element);
  if (logical?.type === "DATE" || converted === "DATE") return { carrier: own, type: { typeId: 8, unit: 0 } };
  if (logical?.type === "TIMESTAMP") {
    const unit = { MILLIS: 1, MICROS: 2, NANOS: 3 }[logical.unit];
    const timezone = logical.isAdjustedToUTC ? "UTC" : null;
    return { carrier: own, type: { typeId: 10, unit, timezone } };
  }
  if (converted === "TIMESTAMP_MILLIS" || converted === "TIMESTAMP_MICROS") {
    const unit = converted === "TIMESTAMP_MILLIS" ? 1 : 2;
    return { carrier: own, type: { typeId: 10, unit, timezone: "UTC" } };
  }
  if (logical?.type === "TIME" || converted === "TIME_MILLIS" || converted === "TIME_MICROS") {
    return { carrier: own, type: { typeId: 9, toString: () => "time of day" } as ArrowTypeLike };
  }
  const old = /^(U?)INT_(8|16|32|64)$/.exec(converted ?? "");
  const isInteger = logical?.type === "INTEGER";
  const bitWidth = isInteger ? logical.bitWidth : old === null ? bits : Number(old[2]);
  const isSigned = isInteger ? logical.isSigned : old === null || old[1] === "";
  const carrier = { kind: "number", bits: bitWidth as 8 | 16 | 32 | 64, signed: isSigned } as const;
  return { carrier, type: { typeId: 2, bitWidth, isSigned } };
}

function bytesType(element: SchemaElement): Omit<LeafType, "width"> {
  const { logical_type: logical, converted_type: converted, type_length: width } = element;
  if (logical?.type === "DECIMAL" || converted === "DECIMAL") return decimalType(element);
  if (logical?.type === "FLOAT16" && width === 2) {
    return { carrier: { kind: "half" }, type: { typeId: 3, precision: 0 } };
  }
  if (logical?.type === "UUID" && width === 16) return { carrier: { kind: "uuid" }, type: { typeId: 5 } };
  if (converted === "INTERVAL" && width === 12) {
    return { carrier: { kind: "interval" }, type: { typeId: 11, unit: 2 } };
  }
  const isText =
    ["STRING", "ENUM", "JSON"].includes(logical?.type ?? "") ||
    ["UTF8", "ENUM", "JSON"].includes(converted ?? "");
  return { carrier: { kind: "bytes" }, type: { typeId: isText ? 5 : 4 } };
}

function decimalType({ logical_type: logical, precision, scale }: SchemaElement): Omit<LeafType, "width"> {
  const digits = logical?.type === "DECIMAL" ? logical.precision : (precision ?? 0);
  const behind = logical?.type === "DECIMAL" ? logical.scale : (scale ?? 0);
  const words = digits > 38 ? 8 : 4;
  return {
    carrier: { kind: "decimal", words },
    type: { typeId: 7, precision: digits, scale: behind, bitWidth: words * 32 },
  };
}
