import { CodecError } from "../errors.ts";
import type { ColumnType } from "../schema/column-type.ts";
import { formatType } from "../schema/format-type.ts";
import { type ColumnSpec, parseColumns } from "../schema/table-schema.ts";
import { firstDay, lastDay } from "../values/calendar.ts";
import type { DecimalRoom } from "../values/decimal.ts";
import { firstReservedField } from "./stream-tags.ts";

/** What a value of a type looks like on the wire. Numbers, because they are switched on for every value. */
export const opInteger = 0;
export const opBigint = 1;
export const opString = 2;
export const opDouble = 3;
export const opBoolean = 4;
export const opDateTime = 5;
export const opDecimal = 6;
export const opFloat = 7;
export const opDate = 8;
export const opCharacters = 9;
export const opBinary = 10;
export const opJson = 11;
export const opTimestamp = 12;
export const opTimestampNtz = 13;
export const opDayTimeInterval = 14;
export const opArray = 15;
export const opMap = 16;
export const opStruct = 17;
export const opVector = 18;

/** Everything that encoding and decoding ask about a type, worked out once. All plans have the same shape. */
export interface TypePlan {
  readonly op: number;
  readonly wireType: 0 | 1 | 2 | 5;
  /** The type's normal form, for messages. */
  readonly name: string;
  /** Range of `opInteger` and `opDate`. */
  readonly min: number;
  readonly max: number;
  /** Most characters of `opCharacters`. */
  readonly characters: number;
  readonly decimal: DecimalRoom;
  /** Elements of an array, keys of a map. */
  readonly element: TypePlan | undefined;
  /** Values of a map. */
  readonly value: TypePlan | undefined;
  readonly fieldNames: readonly string[];
  readonly fields: readonly TypePlan[];
  readonly dimension: number;
  /** Whether a vector's elements take 8 bytes. */
  readonly isDoubleVector: boolean;
}

/** A column and its place on the wire. */
export interface ColumnPlan {
  readonly name: string;
  /** Field number: zero-based index + 1. */
  readonly number: number;
  readonly tag: number;
  readonly op: number;
  readonly nullable: boolean;
  readonly type: TypePlan;
}

/**
 * @param range whether INTERVAL_YEAR_MONTH is held to the service's range.
 * @throws CodecError `invalid-schema`, `invalid-type`
 */
export function planColumns(
  columns: readonly ColumnSpec[],
  range: "service" | "wire",
): readonly ColumnPlan[] {
  if (columns?.length >= firstReservedField) {
    throw new CodecError(
      "invalid-schema",
      `Expected fewer than ${firstReservedField} columns, got ${columns.length}`,
    );
  }
  return parseColumns(columns).map((column, index) => {
    const type = planType(column.type, range);
    const number = index + 1;
    return {
      name: column.name,
      number,
      tag: number * 8 + type.wireType,
      op: type.op,
      nullable: column.nullable,
      type,
    };
  });
}

export function planType(type: ColumnType, range: "service" | "wire"): TypePlan {
  const name = formatType(type);
  const plan: TypePlan = {
    op: opString,
    wireType: 2,
    name,
    min: 0,
    max: 0,
    characters: 0,
    decimal: noDecimal,
    element: undefined,
    value: undefined,
    fieldNames: [],
    fields: [],
    dimension: 0,
    isDoubleVector: false,
  };
  switch (type.kind) {
    case "tinyint":
      return { ...plan, op: opInteger, wireType: 0, min: -128, max: 127 };
    case "smallint":
      return { ...plan, op: opInteger, wireType: 0, min: -32_768, max: 32_767 };
    case "int":
      return { ...plan, op: opInteger, wireType: 0, min: -(2 ** 31), max: 2 ** 31 - 1 };
    case "interval_year_month": {
      const months = range === "service" ? 9999 * 12 : 2 ** 31 - 1;
      return { ...plan, op: opInteger, wireType: 0, min: -months, max: months };
    }
    case "bigint":
      return { ...plan, op: opBigint, wireType: 0 };
    case "float":
      return { ...plan, op: opFloat, wireType: 5 };
    case "double":
      return { ...plan, op: opDouble, wireType: 1 };
    case "boolean":
      return { ...plan, op: opBoolean, wireType: 0 };
    case "date":
      return { ...plan, op: opDate, wireType: 0, min: firstDay, max: lastDay };
    case "datetime":
      return { ...plan, op: opDateTime, wireType: 0 };
    case "string":
      return plan;
    case "char":
    case "varchar":
      return { ...plan, op: opCharacters, characters: type.length };
    case "binary":
    case "geography":
      return { ...plan, op: opBinary };
    case "json":
      return { ...plan, op: opJson };
    case "decimal":
      return { ...plan, op: opDecimal, decimal: decimalRoom(name, type.precision ?? 54, type.scale ?? 18) };
    case "timestamp":
      return { ...plan, op: opTimestamp };
    case "timestamp_ntz":
      return { ...plan, op: opTimestampNtz };
    case "interval_day_time":
      return { ...plan, op: opDayTimeInterval };
    case "array":
      return { ...plan, op: opArray, element: planType(type.element, range) };
    case "map":
      return { ...plan, op: opMap, element: planType(type.key, range), value: planType(type.value, range) };
    case "struct":
      return {
        ...plan,
        op: opStruct,
        fieldNames: type.fields.map((field) => field.name),
        fields: type.fields.map((field) => planType(field.type, range)),
      };
    case "vector":
      return { ...plan, op: opVector, dimension: type.dimension, isDoubleVector: type.element === "double" };
  }
}

function decimalRoom(name: string, precision: number, scale: number): DecimalRoom {
  return { name, integerDigits: precision - scale, scale };
}

const noDecimal: DecimalRoom = { name: "", integerDigits: 0, scale: 0 };
