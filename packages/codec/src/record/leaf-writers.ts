import { decimalText } from "../values/decimal.ts";
import { isPlainDecimal } from "../values/decimal-bytes.ts";
import { InvalidValue } from "../values/invalid-value.ts";
import { hasAtMostCharacters, isBytes, utf8HasAtMostCharacters } from "../values/text.ts";
import type { ByteSink } from "../wire/byte-sink.ts";
import type { TypePlan } from "./type-plan.ts";

/** Longer decimals take the long way. */
const plainDecimalUnits = 40;

/** What writing text and bytes depends on besides the type. */
export interface LeafWriteRules {
  readonly maxFieldBytes: number;
  /** Whether values pass that the service would refuse but the bytes can carry. */
  readonly anyValue: boolean;
  /** Whether bigint -2^63 and JSON that does not parse pass, as official clients may send them. */
  readonly asSent: boolean;
}

/** Text, or the bytes of a text. */
export function writeText(sink: ByteSink, type: TypePlan, value: unknown, rules: LeafWriteRules): void {
  if (typeof value === "string") {
    if (value.length > rules.maxFieldBytes) throw tooLarge(type, value, rules);
    const bytes = sink.lengthAndText(value);
    if (bytes < 0) throw new InvalidValue("invalid-text", "text without lone surrogates", value);
    if (bytes > rules.maxFieldBytes) throw tooLarge(type, value, rules);
    return;
  }
  if (!isBytes(value)) throw new InvalidValue("wrong-type", "a string, or its UTF-8 bytes", value);
  writeBytes(sink, type, value, rules);
}

export function writeBytes(sink: ByteSink, type: TypePlan, value: Uint8Array, rules: LeafWriteRules): void {
  if (value.length > rules.maxFieldBytes) throw tooLarge(type, value, rules);
  sink.lengthAndBytes(value);
}

/** @throws InvalidValue `too-long` */
export function refuseTooLong(type: TypePlan, value: unknown, rules: LeafWriteRules): void {
  if (rules.anyValue) return;
  const fits =
    typeof value === "string"
      ? hasAtMostCharacters(value, type.characters)
      : !isBytes(value) || utf8HasAtMostCharacters(value, 0, value.length, type.characters);
  if (!fits)
    throw new InvalidValue("too-long", `at most ${type.characters} characters for ${type.name}`, value);
}

/**
 * A decimal in its commonest form goes out as it is: it is written first and looked at as bytes, which is quicker
 * than looking at it as text.
 */
export function writeDecimal(sink: ByteSink, type: TypePlan, value: unknown, rules: LeafWriteRules): void {
  if (typeof value === "string" && value.length <= plainDecimalUnits) {
    // Makes room for all of it, so that the position below stays true.
    sink.ensure(plainDecimalUnits * 3 + 1);
    const { pos, crc } = sink;
    const bytes = sink.lengthAndText(value);
    if (bytes >= 0 && isPlainDecimal(sink.buf, sink.pos - bytes, sink.pos, type.decimal)) return;
    sink.pos = pos;
    sink.crc = crc;
  }
  writeText(sink, type, decimalText(value, type.decimal), rules);
}

/** A number that fits a FLOAT: rounded to its 24 bits, but never to infinity. */
export function float32(value: unknown): number {
  if (typeof value !== "number") throw new InvalidValue("wrong-type", "a number", value);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) && Number.isFinite(value)) {
    throw new InvalidValue("out-of-range", "a number within ±3.4028234663852886e38", value);
  }
  return rounded;
}

function tooLarge(type: TypePlan, value: unknown, rules: LeafWriteRules): InvalidValue {
  return new InvalidValue("field-too-large", `at most ${rules.maxFieldBytes} bytes for ${type.name}`, value);
}
