import { splitBigint, splitNumber } from "../wire/int64.ts";
import { InvalidValue } from "./invalid-value.ts";

/** The smallest BIGINT that the service takes is one more than 64 bits hold: it keeps -2^63 for itself. */
const reservedBigint = -(2n ** 63n);

/**
 * Puts a BIGINT's words into `int64`: a bigint of 64 bits, or a number that is a safe integer.
 *
 * @param allowReserved whether -2^63 may pass, which the service keeps for itself.
 */
export function splitBigintValue(value: unknown, allowReserved: boolean): void {
  if (typeof value === "bigint") {
    if (splitBigint(value) && (allowReserved || value !== reservedBigint)) return;
    throw new InvalidValue("out-of-range", "a bigint from -(2^63-1) to 2^63-1", value);
  }
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) {
      splitNumber(value);
      return;
    }
    throw new InvalidValue("inexact", "a bigint, or a number that is a safe integer", value);
  }
  throw new InvalidValue("wrong-type", "a bigint, or a number that is a safe integer", value);
}

/** A whole number between two bounds, given as a number or a bigint. */
export function wholeNumber(value: unknown, min: number, max: number, type: string): number {
  if (typeof value === "number") {
    if (!Number.isInteger(value)) throw new InvalidValue("inexact", `a whole number for ${type}`, value);
    if (value >= min && value <= max) return value;
    throw new InvalidValue("out-of-range", `a ${type} from ${min} to ${max}`, value);
  }
  if (typeof value === "bigint") {
    if (value >= min && value <= max) return Number(value);
    throw new InvalidValue("out-of-range", `a ${type} from ${min} to ${max}`, value);
  }
  throw new InvalidValue("wrong-type", `a whole number for ${type}`, value);
}
