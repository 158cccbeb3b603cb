/**
 * The FLOAT nearest to decimal text, ties to even. Rounding to a double first and then to a float would go wrong where
 * the double lies exactly between two floats and the text does not.
 *
 * @param double `Number(text)`, finite.
 */
export function floatOfText(text: string, double: number): number {
  const nearest = Math.fround(double);
  if (nearest === double || !Number.isFinite(nearest)) return nearest;
  const other = nearest < double ? nextFloat(nearest, 1) : nextFloat(nearest, -1);
  // Exact: both differences are of numbers that are close to each other.
  if (Math.abs(other - double) !== Math.abs(nearest - double)) return nearest;
  const order = compareWithText(text, double);
  if (order === 0) return nearest;
  return order > 0 ? Math.max(nearest, other) : Math.min(nearest, other);
}

/** The float next to a float, further up or further down. */
function nextFloat(value: number, step: 1 | -1): number {
  const float = new Float32Array([value]);
  const bits = new Int32Array(float.buffer);
  if (value === 0) bits[0] = step > 0 ? 1 : -(2 ** 31) + 1;
  else bits[0] = bits[0]! + (value > 0 === step > 0 ? 1 : -1);
  return float[0]!;
}

/** Above 0 when the text means more than the double, below when less. Exact. */
function compareWithText(text: string, double: number): number {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const [mantissa, binaryPower] = parts(double);
  // digits * 10^power against mantissa * 2^binaryPower, without fractions.
  const left = digits * 10n ** BigInt(Math.max(power, 0)) * 2n ** BigInt(Math.max(-binaryPower, 0));
  const right = mantissa * 2n ** BigInt(Math.max(binaryPower, 0)) * 10n ** BigInt(Math.max(-power, 0));
  return left > right ? 1 : left < right ? -1 : 0;
}

function parts(double: number): readonly [mantissa: bigint, power: number] {
  const bits = new BigInt64Array(new Float64Array([double]).buffer)[0]!;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [bits < 0n ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
}
