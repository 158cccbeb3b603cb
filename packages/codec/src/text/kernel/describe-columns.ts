import { type ColumnPlan, opDecimal } from "../../record/type-plan.ts";
import type { ColumnType } from "../../schema/column-type.ts";
import { firstDay, firstMs, firstSecond, lastDay, lastMs, lastSecond } from "../../values/calendar.ts";
import type { ConversionRules } from "../convert/conversion.ts";
import { type FieldPlan, fromConstant, fromNowhere } from "../text-options.ts";

/** Bytes of a column's description; see assembly/text/encode-text.as. */
export const columnBytes = 64;

/** How a column's fields are read; the numbers of assembly/text/encode-text.as. */
interface Reading {
  readonly kind: number;
  /** Characters, or digits before the point. */
  readonly size?: number;
  readonly scale?: number;
  readonly min?: bigint;
  readonly max?: bigint;
}

const asHost: Reading = { kind: 15 };
const asNull: Reading = { kind: 12 };
const asConstant: Reading = { kind: 13 };

/** A constant as it goes into every record. */
export interface ConstantField {
  /** With its tag. */
  readonly bytes: Uint8Array;
  /** What it does to a running checksum state: `state * factor + summand`. */
  readonly factor: number;
  readonly summand: number;
}

/** Describes columns for the kernel, constants at the addresses given. */
export function describeColumns(
  columns: readonly ColumnPlan[],
  types: readonly ColumnType[],
  fields: FieldPlan,
  rules: ConversionRules,
  constants: readonly ({ readonly at: number; readonly field: ConstantField } | undefined)[],
): Uint8Array {
  const view = new DataView(new ArrayBuffer(columns.length * columnBytes));
  columns.forEach((column, index) => {
    const source = fields.sources[index]!;
    const { kind, size = 0, scale = 0, min = 0n, max = 0n } = readingOf(column, types[index]!, source, rules);
    const at = index * columnBytes;
    const constant = constants[index];
    const words = [
      kind,
      Math.max(source, 0),
      column.tag,
      column.nullable ? 0 : 1,
      size,
      scale,
      constant?.at ?? 0,
      constant?.field.bytes.length ?? 0,
      constant?.field.factor ?? 0,
      constant?.field.summand ?? 0,
    ];
    words.forEach((word, place) => void view.setInt32(at + place * 4, word, true));
    view.setBigInt64(at + 48, min, true);
    view.setBigInt64(at + 56, max, true);
  });
  return new Uint8Array(view.buffer);
}

function readingOf(column: ColumnPlan, type: ColumnType, source: number, rules: ConversionRules): Reading {
  if (source === fromNowhere) return asNull;
  if (source === fromConstant) return asConstant;
  if (rules.patterns.has(column.name)) return asHost;
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
      return { kind: 0, min: BigInt(column.type.min), max: BigInt(column.type.max) };
    case "bigint":
      return { kind: 0, min: -largest, max: largest };
    case "double":
      return { kind: 1 };
    case "string":
      return { kind: 2 };
    case "boolean":
      return rules.booleans === undefined ? { kind: 3 } : asHost;
    case "datetime":
      return rules.hasDatetimePattern ? asHost : { kind: 4, min: BigInt(firstMs), max: BigInt(lastMs) };
    case "date":
      return rules.hasDatePattern ? asHost : { kind: 5, min: BigInt(firstDay), max: BigInt(lastDay) };
    case "decimal": {
      if (column.op !== opDecimal) return asHost;
      const { integerDigits, scale } = column.type.decimal;
      return { kind: 6, size: integerDigits, scale };
    }
    case "float":
      return { kind: 7 };
    case "char":
    case "varchar":
      return { kind: 8, size: column.type.characters };
    case "timestamp":
      return rules.hasDatetimePattern ? asHost : { kind: 9, ...seconds };
    case "timestamp_ntz":
      return rules.hasDatetimePattern ? asHost : { kind: 10, ...seconds };
    case "binary":
      return rules.binary === "text" ? { kind: 11 } : asHost;
    default:
      return asHost;
  }
}

const largest = 2n ** 63n - 1n;
const seconds = { min: BigInt(firstSecond), max: BigInt(lastSecond) };
