/**
 * The checksum of two runs of bytes from their checksums alone, so that bytes with a checksum for each part and one
 * for the whole need to be walked only once.
 *
 * A checksum is a polynomial over GF(2), and following it with n bytes multiplies it by x^(8n): {@link crcShift} is
 * that factor. Bits are reflected, as everywhere in CRC-32C: the highest bit is x^0.
 */

/** The factor that `byteLength` following bytes multiply a checksum by. */
export function crcShift(byteLength: number): number {
  let shift = x0;
  let power = x8;
  for (let rest = byteLength; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return shift;
}

/** The checksum of two runs, the second of which is as long as `shift` says. */
export function crc32cOfBoth(first: number, second: number, shift: number): number {
  return (multiply(first, shift) ^ second) >>> 0;
}

const x0 = 1 << 31;
const x8 = 1 << 23;
const polynomial = 0x82f63b78;

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bits = a | 0; bits !== 0; bits <<= 1) {
    if (bits < 0) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product;
}
