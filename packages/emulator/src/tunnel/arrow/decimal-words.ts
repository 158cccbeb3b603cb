/** Digits that a double holds exactly, with room for the sign. */
const exactWords = 2 ** 21;
const two32 = 2 ** 32;

/**
 * Reads decimals of 16 or 32 bytes, two's complement, as text without zeros at its end.
 *
 * @param values holds whole values, on an 8-byte border of its memory
 */
export function decimalReader(values: Uint8Array, bytes: 16 | 32, scale: number): (index: number) => string {
  const words = new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
  const longs = new BigInt64Array(values.buffer, values.byteOffset, values.byteLength >> 3);
  const wordCount = bytes / 4;
  return (index) => {
    const at = index * wordCount;
    const high = words[at + 1] ?? 0;
    const sign = high >> 31;
    let small = true;
    for (let word = 2; word < wordCount; word++) {
      small &&= words[at + word] === sign;
    }
    if (!small) {
      return placePoint(joinLongs(longs, at / 2, bytes / 8).toString(), scale);
    }
    if (high >= -exactWords && high < exactWords) {
      return placePoint(String(high * two32 + ((words[at] ?? 0) >>> 0)), scale);
    }
    return placePoint((longs[at / 2] ?? 0n).toString(), scale);
  };
}

function joinLongs(longs: BigInt64Array, at: number, count: number): bigint {
  let value = longs[at + count - 1] ?? 0n;
  for (let index = count - 2; index >= 0; index--) {
    value = (value << 64n) | BigInt.asUintN(64, longs[at + index] ?? 0n);
  }
  return value;
}

/** Puts the point before the last `scale` digits. */
function placePoint(unscaled: string, scale: number): string {
  if (scale === 0) {
    return unscaled;
  }
  const negative = unscaled.charCodeAt(0) === 0x2d;
  const digits = (negative ? unscaled.slice(1) : unscaled).padStart(scale + 1, "0");
  let end = digits.length;
  const point = end - scale;
  while (end > point && digits.charCodeAt(end - 1) === 0x30) {
    end--;
  }
  const text =
    end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
}

/** The value of a decimal text times ten to the power of `scale`; `undefined` when that is no whole number. */
export function unscaledDecimal(text: string, scale: number): bigint | undefined {
  const found = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  const digits = whole + fraction;
  if (/^0*$/.test(digits)) {
    return 0n;
  }
  const shift = scale - fraction.length + Number(exponent);
  if (shift > 1000 || digits.length > 2048) {
    return undefined;
  }
  const unscaled = shift >= 0 ? digits + "0".repeat(shift) : digits.slice(0, shift) || "0";
  if (shift < 0 && /[1-9]/.test(digits.slice(shift))) {
    return undefined;
  }
  return sign === "-" ? -BigInt(unscaled) : BigInt(unscaled);
}
