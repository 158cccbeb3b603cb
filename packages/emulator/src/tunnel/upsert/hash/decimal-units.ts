/**
 * A decimal as a whole number of units of its last place, such as -1234n for -12.34 at scale 2.
 *
 * protocol: MaxCompute Tunnel, upsert, hash functions: digits beyond the scale are cut off, and the last one left goes
 * up when the first one cut is 5 or more.
 *
 * @param text as the codec decodes decimals, an exponent included
 */
export function decimalUnits(text: string, scale: number): bigint {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = whole + fraction;
  /** Digits in front of the place that the scale ends at. */
  const kept = whole.length + Number(exponent) + scale;
  const padded = digits.padEnd(kept, "0");
  const units = kept > 0 ? BigInt(padded.slice(0, kept) || "0") : 0n;
  const rounded = kept >= 0 && (padded[kept] ?? "0") >= "5" ? units + 1n : units;
  return sign === "-" ? -rounded : rounded;
}
