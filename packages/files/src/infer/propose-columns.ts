import type { ArrowFieldLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";

/** A column as a file's own schema suggests it. */
export interface ProposedColumn {
  /** The name that the file has for it. */
  readonly field: string;
  /** A type that holds all its values as they are; `undefined` where there is none. */
  readonly type: string | undefined;
  /** What is worth knowing about it, in a sentence. */
  readonly note: string | undefined;
}

/** The columns of a table that takes the fields of Parquet, Arrow and Avro files as they are. */
export function proposeColumns(fields: readonly ArrowFieldLike[]): readonly ProposedColumn[] {
  return fields.map(({ name, type }) => {
    try {
      return { field: name, type: typeFor(type), note: noteFor(type) };
    } catch (error) {
      if (!(error instanceof NoType)) throw error;
      return { field: name, type: undefined, note: error.message };
    }
  });
}

class NoType extends Error {
  override readonly name = "NoType";
}

function typeFor(type: ArrowTypeLike): string {
  const { children } = type;
  switch (type.typeId) {
    case -1:
      return typeFor(type.dictionary!);
    case 1:
    case 5:
    case 20:
    case 24:
      return "string";
    case 2:
      return wholeFor(Number(type.bitWidth), type.isSigned !== false);
    case 3:
      return Number(type.precision) === 2 ? "double" : "float";
    case 4:
    case 15:
    case 19:
    case 23:
      return "binary";
    case 6:
      return "boolean";
    case 7:
      return decimalFor(Number(type.precision), Number(type.scale));
    case 8:
      return Number(type.unit) === 0 ? "date" : "datetime";
    case 10:
      if (!hasZone(type)) return "timestamp_ntz";
      return Number(type.unit) <= 1 ? "datetime" : "timestamp";
    case 11:
      return Number(type.unit) === 0 ? "interval_year_month" : "interval_day_time";
    case 12:
    case 16:
    case 21:
      return `array<${typeFor(children![0]!.type)}>`;
    case 13:
      return `struct<${(children ?? []).map(({ name, type: own }) => `${fieldName(name)}:${typeFor(own)}`).join(",")}>`;
    case 17: {
      const [key, value] = children![0]!.type.children!;
      return `map<${typeFor(key!.type)},${typeFor(value!.type)}>`;
    }
    case 18:
      return "interval_day_time";
    case 9:
      throw new NoType("There is no type for a time of day.");
    case 14:
      throw new NoType("There is no type for values of several types.");
    default:
      throw new NoType(`There is no type for ${String(type)}.`);
  }
}

function noteFor({ typeId, bitWidth, isSigned, unit }: ArrowTypeLike): string | undefined {
  if (typeId === 1) return "It is always NULL.";
  if (typeId === 2 && Number(bitWidth) === 64 && isSigned === false) return "It may be larger than a bigint.";
  if (typeId === 11 && Number(unit) === 2) return "Values with months in them are refused.";
  return undefined;
}

function wholeFor(bits: number, isSigned: boolean): string {
  const types = isSigned
    ? { 8: "tinyint", 16: "smallint", 32: "int", 64: "bigint" }
    : { 8: "smallint", 16: "int", 32: "bigint", 64: "decimal(20,0)" };
  return types[bits as 8];
}

function decimalFor(precision: number, scale: number): string {
  if (scale < 0) return decimalFor(precision - scale, 0);
  if (precision <= 38 && scale <= 18) return `decimal(${precision},${scale})`;
  throw new NoType(
    `There is no type for a decimal of ${precision} digits, ${scale} of them behind the point.`,
  );
}

function hasZone({ timezone }: ArrowTypeLike): boolean {
  return typeof timezone === "string" && timezone !== "";
}

function fieldName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}
