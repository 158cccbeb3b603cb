import { type Lay, layDecimal, layDecimalText, layNanoseconds, layOf } from "../../kernel/layout-plan.ts";
import * as plan from "../../record/type-plan.ts";

/** An Arrow type: its number in the Arrow format, and the parameters of its kind, under the names `apache-arrow` has. */
export interface ArrowType {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
  readonly timezone?: string | null;
  readonly listSize?: number;
  readonly keysSorted?: boolean;
  readonly children?: readonly ArrowField[];
}

/** A named column, struct field or list element. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly nullable: boolean;
}

/**
 * What instants become: `"nanoseconds"` since 1970, which reach from 1677 to 2262, or `"fields"`, a struct of `sec`
 * and `nano` that holds them all.
 */
export type ArrowInstants = "nanoseconds" | "fields";

// The numbers of types in the Arrow format.
export const typeInt = 2;
export const typeFloat = 3;
export const typeBinary = 4;
export const typeUtf8 = 5;
export const typeBool = 6;
export const typeDecimal = 7;
export const typeDate = 8;
export const typeTimestamp = 10;
export const typeInterval = 11;
export const typeList = 12;
export const typeStruct = 13;
export const typeFixedSizeList = 16;
export const typeMap = 17;

/** The type of instants as fields, and of day-time intervals: this very object. */
export const instantFields: ArrowType = {
  typeId: typeStruct,
  children: [
    { name: "sec", type: { typeId: typeInt, bitWidth: 64, isSigned: true }, nullable: true },
    { name: "nano", type: { typeId: typeInt, bitWidth: 32, isSigned: true }, nullable: true },
  ],
};

/** The Arrow type that holds a column's values. */
export function arrowTypeOf(type: plan.TypePlan, instants: ArrowInstants): ArrowType {
  switch (type.op) {
    case plan.opInteger: {
      if (type.name === "interval_year_month") return { typeId: typeInterval, unit: 0 };
      return intOf(type.max < 128 ? 8 : type.max < 32_768 ? 16 : 32);
    }
    case plan.opBigint:
      return intOf(64);
    case plan.opDouble:
      return { typeId: typeFloat, precision: 2 };
    case plan.opFloat:
      return { typeId: typeFloat, precision: 1 };
    case plan.opBoolean:
      return { typeId: typeBool };
    case plan.opDate:
      return { typeId: typeDate, unit: 0 };
    case plan.opDateTime:
      return { typeId: typeTimestamp, unit: 1, timezone: "UTC" };
    case plan.opDecimal:
      return { typeId: typeDecimal, ...decimalSize(type) };
    case plan.opBinary:
      return { typeId: typeBinary };
    case plan.opTimestamp:
      return instants === "fields" ? instantFields : { typeId: typeTimestamp, unit: 3, timezone: "UTC" };
    case plan.opTimestampNtz:
      return instants === "fields" ? instantFields : { typeId: typeTimestamp, unit: 3, timezone: null };
    case plan.opDayTimeInterval:
      return instantFields;
    case plan.opArray:
      return { typeId: typeList, children: [field("item", arrowTypeOf(type.element!, instants))] };
    case plan.opMap: {
      const key = field("key", arrowTypeOf(type.element!, instants), false);
      const value = field("value", arrowTypeOf(type.value!, instants));
      const entries = field("entries", { typeId: typeStruct, children: [key, value] }, false);
      return { typeId: typeMap, keysSorted: false, children: [entries] };
    }
    case plan.opStruct:
      return {
        typeId: typeStruct,
        children: type.fields.map((each, index) =>
          field(type.fieldNames[index]!, arrowTypeOf(each, instants)),
        ),
      };
    case plan.opVector: {
      const element = { typeId: typeFloat, precision: type.isDoubleVector ? 2 : 1 };
      return {
        typeId: typeFixedSizeList,
        listSize: type.dimension,
        children: [field("item", element, false)],
      };
    }
    default:
      return { typeId: typeUtf8 };
  }
}

/** How the kernel lays values out for Arrow. */
export function arrowLayOf(type: plan.TypePlan, instants: ArrowInstants): Lay | undefined {
  if (type.op === plan.opDecimal) {
    const { integerDigits, scale } = type.decimal;
    const kind = decimalSize(type).bitWidth === 128 ? layDecimal : layDecimalText;
    return { kind, size: integerDigits, scale };
  }
  const isInstant = type.op === plan.opTimestamp || type.op === plan.opTimestampNtz;
  if (isInstant && instants === "nanoseconds") {
    return { kind: layNanoseconds, min: -9_223_372_036n, max: 9_223_372_035n };
  }
  return layOf(type);
}

function decimalSize(type: plan.TypePlan): { precision: number; scale: number; bitWidth: 128 | 256 } {
  const { integerDigits, scale } = type.decimal;
  const precision = integerDigits + scale;
  return { precision, scale, bitWidth: precision > 38 ? 256 : 128 };
}

function intOf(bitWidth: number): ArrowType {
  return { typeId: typeInt, bitWidth, isSigned: true };
}

function field(name: string, type: ArrowType, nullable = true): ArrowField {
  return { name, type, nullable };
}
