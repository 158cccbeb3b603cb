// CRC-32C of long runs by XOR folding: x^209 + x^144 + x^54 + x^39 + x^14 + 1 is a multiple of the CRC-32C polynomial.
// Squaring keeps that true, so it holds in steps of whole bytes and of vectors of 16 bytes too: a unit at the front may
// be taken away if it is added again 65, 155, 170, 195 and 209 units further on. That takes loads, XORs and stores, but
// no tables and no carry-less multiplication. What is left in the end goes through the tables.

import { feedBytes } from "./crc-feeds";

/** Units that a unit taken away reaches ahead. */
// @ts-ignore
@inline const reach: u32 = 209;
/** The same in bytes, for vectors. */
// @ts-ignore
@inline const vectorReach: usize = 3344;
/** Bytes that are folded by vectors before their tail is moved to the front of the scratch. */
// @ts-ignore
@inline const block: u32 = 16384;
/** Shorter runs go through the tables, and runs from here to {@link byVectors} are folded by bytes alone. */
// @ts-ignore
@inline export const byBytes: u32 = 512;
// @ts-ignore
@inline const byVectors: u32 = 8192;

/** The last units taken away, then the block that is being folded. */
const vectorScratch: usize = memory.data(26624, 16);
const byteScratch: usize = memory.data(8960, 16);
/** What is left of a run. */
const vectorRest: usize = memory.data(3408, 16);
const byteRest: usize = memory.data(256, 16);

/** Feeds a run of at least {@link byBytes} bytes. Reads up to 15 beyond the end. */
export function foldBytes(state: u32, at: usize, length: u32): u32 {
  return length < byVectors ? foldByBytes(state, at, length) : foldByVectors(state, at, length);
}

/** What vectors taken away earlier add to the one here. */
// @ts-ignore
@inline
function vectorsAgo(at: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.xor(v128.load(at - 65 * 16), v128.load(at - 155 * 16)),
      v128.xor(v128.load(at - 170 * 16), v128.load(at - 195 * 16)),
    ),
    v128.load(at - 209 * 16),
  );
}

function foldByVectors(state: u32, start: usize, length: u32): u32 {
  memory.fill(vectorScratch, 0, vectorReach);
  const away = ((length - <u32>vectorReach) >>> 4) << 4;
  let at = start;
  let left = away;
  // The state counts as part of the first four bytes.
  let first = i32x4(state, 0, 0, 0);
  while (left) {
    const bytes = left < block ? left : block;
    let to = vectorScratch + vectorReach;
    for (const end = to + bytes; to < end; to += 16) {
      v128.store(to, v128.xor(v128.xor(v128.load(at), first), vectorsAgo(to)));
      first = i32x4.splat(0);
      at += 16;
    }
    left -= bytes;
    memory.copy(vectorScratch, vectorScratch + bytes, vectorReach);
  }
  // The vectors that stay get what those taken away add to them, and add nothing to each other.
  memory.fill(vectorScratch + vectorReach, 0, vectorReach);
  for (let offset: usize = 0; offset < vectorReach; offset += 16) {
    const ago = vectorsAgo(vectorScratch + vectorReach + offset);
    v128.store(vectorRest + offset, v128.xor(v128.load(at + offset), ago));
  }
  return feedBytes(foldByBytes(0, vectorRest, <u32>vectorReach), at + vectorReach, length - away - <u32>vectorReach);
}

/** What bytes taken away earlier add to the sixteen here. */
// @ts-ignore
@inline
function bytesAgo(at: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.xor(v128.load(at - 65), v128.load(at - 155)),
      v128.xor(v128.load(at - 170), v128.load(at - 195)),
    ),
    v128.load(at - 209),
  );
}

/** Of a run shorter than {@link byVectors}. */
function foldByBytes(state: u32, start: usize, length: u32): u32 {
  memory.fill(byteScratch, 0, 256);
  const away = ((length - reach) >>> 4) << 4;
  let at = start;
  let to = byteScratch + 256;
  let first = i32x4(state, 0, 0, 0);
  for (const end = to + away; to < end; to += 16) {
    v128.store(to, v128.xor(v128.xor(v128.load(at), first), bytesAgo(to)));
    first = i32x4.splat(0);
    at += 16;
  }
  memory.fill(to, 0, 256);
  for (let offset: usize = 0; offset < reach; offset += 16) {
    v128.store(byteRest + offset, v128.xor(v128.load(at + offset), bytesAgo(to + offset)));
  }
  return feedBytes(feedBytes(0, byteRest, reach), at + reach, length - away - reach);
}
