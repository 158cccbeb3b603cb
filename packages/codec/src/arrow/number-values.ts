import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowSource } from "./arrow-source.ts";
import { elementsOf, type OpenValues, type ValueAt } from "./buffers.ts";

type IntSource = Extract<ArrowSource, { kind: "int" }>;
type FloatSource = Extract<ArrowSource, { kind: "float" }>;

/** Whole numbers: `bigint` when they have 64 bits. */
export function openIntegers({ bytes, signed }: IntSource): OpenValues {
  const type = signed
    ? { 1: Int8Array, 2: Int16Array, 4: Int32Array, 8: BigInt64Array }[bytes]
    : { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[bytes];
  return ({ values, length }) => elementAt(elementsOf<Elements>(values, type as never, length));
}

export function openFloats({ bytes }: FloatSource): OpenValues {
  if (bytes === 2) {
    return ({ values, length }) => {
      const halves = elementsOf(values, Uint16Array, length);
      return (index) => float16(halves[index]!);
    };
  }
  const type = bytes === 4 ? Float32Array : Float64Array;
  return ({ values, length }) => elementAt(elementsOf<Elements>(values, type as never, length));
}

/** Whole numbers for a column of floating point, which has to hold them exactly. */
export function openAsFloats(source: IntSource, bits: 24 | 53): OpenValues {
  const open = openIntegers(source);
  const round = bits === 24 ? Math.fround : (value: number) => value;
  return (data) => {
    const valueAt = open(data);
    return (index) => {
      const whole = valueAt(index) as number | bigint;
      const float = round(Number(whole));
      if (typeof whole === "bigint" ? BigInt(float) === whole : float === whole) return float;
      throw new InvalidValue("inexact", `a whole number that ${bits} bits hold exactly`, whole);
    };
  };
}

/** Decimals as text, digits after the point as many as their type has. */
export function openDecimals(source: Extract<ArrowSource, { kind: "decimal" }>): OpenValues {
  const { bytes, scale } = source;
  const words = bytes / 4;
  return ({ values, length }) => {
    const elements = elementsOf(values, Uint32Array, length * words);
    return (index) => decimalText(unscaledAt(elements, index * words, words), scale);
  };
}

type Elements = ArrayBufferView & {
  readonly length: number;
  readonly [index: number]: number | bigint;
};

function elementAt(elements: Elements): ValueAt {
  return (index) => elements[index];
}

/** Two's complement, least significant word first. */
function unscaledAt(elements: Uint32Array, first: number, words: number): bigint {
  let unscaled = 0n;
  for (let at = first + words - 1; at >= first; at--) unscaled = (unscaled << 32n) | BigInt(elements[at]!);
  return BigInt.asIntN(words * 32, unscaled);
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
