import { type ColumnType, type DayTimeInterval, parseDate, type Timestamp } from "@maxcompute-tunnel/codec";
import type { HasherName } from "../../../storage/state.ts";
import { decimalUnits } from "./decimal-units.ts";
import { primitiveHashes } from "./primitive-hash.ts";
import { quotedPrintable } from "./quoted-printable.ts";

/** Hash of a column's value as the codec decodes it, never of NULL. */
export type ColumnHash = (value: unknown) => number;

const hashOfTrue = 0x172ba9c7;
const hashOfFalse = -0x3a59cb12;
const secondsPerDay = 86_400n;
const encoder = new TextEncoder();

/**
 * The hash of one key column, or `undefined` where values of the type have none and cannot be a key.
 *
 * protocol: MaxCompute Tunnel, upsert, hash functions, table of inputs by type.
 */
export function columnHash(type: ColumnType, hasher: HasherName): ColumnHash | undefined {
  const { long, bytes } = primitiveHashes[hasher];
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return (value) => long(BigInt(value as number | bigint));
    case "boolean":
      return (value) => (value === true ? hashOfTrue : hashOfFalse);
    case "float":
      return (value) => {
        bits.setFloat32(0, canonical(value as number));
        return long(BigInt(bits.getInt32(0)));
      };
    case "double":
      return (value) => {
        bits.setFloat64(0, canonical(value as number));
        return long(bits.getBigInt64(0));
      };
    case "string":
    case "char":
    case "varchar":
      return (value) => bytes(typeof value === "string" ? encoder.encode(value) : (value as Uint8Array));
    case "binary":
      return (value) => bytes(encoder.encode(quotedPrintable(value as Uint8Array)));
    case "date":
      return (value) => long(BigInt(parseDate(value as string)) * secondsPerDay);
    case "datetime":
      return (value) => long(BigInt((value as Date).getTime()));
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time":
      return (value) => {
        const { seconds, nanos } = value as Timestamp | DayTimeInterval;
        return long(BigInt.asIntN(64, seconds << 30n) | BigInt(nanos));
      };
    case "decimal": {
      const { precision = 54, scale = 18 } = type;
      return precision <= 18
        ? (value) => long(decimalUnits(value as string, scale))
        : (value) => {
            const units = decimalUnits(value as string, scale);
            return (long(BigInt.asIntN(64, units)) + long(BigInt.asIntN(64, units >> 64n))) | 0;
          };
    }
    default:
      return undefined;
  }
}

/** For looking at a number's bits; used by one call at a time. */
const bits = new DataView(new ArrayBuffer(8));

/** The one NaN that is hashed; clients send several. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value;
}
