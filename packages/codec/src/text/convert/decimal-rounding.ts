/**
 * Rounds a decimal in plain notation to so many digits after the point, halves away from zero.
 *
 * @param text `-?digits[.digits]`
 */
export function roundedDecimal(text: string, scale: number): string {
  const point = text.indexOf(".");
  if (point < 0 || text.length - point - 1 <= scale) return text;
  const kept = text.slice(0, scale === 0 ? point : point + 1 + scale);
  if (text.charCodeAt(point + 1 + scale) < 0x35) return kept;
  const isNegative = kept.startsWith("-");
  const digits = kept.slice(isNegative ? 1 : 0).replace(".", "");
  const raised = String(BigInt(digits) + 1n).padStart(digits.length, "0");
  const whole = raised.slice(0, raised.length - scale);
  const fraction = scale === 0 ? "" : `.${raised.slice(raised.length - scale)}`;
  return `${isNegative ? "-" : ""}${whole}${fraction}`;
}
