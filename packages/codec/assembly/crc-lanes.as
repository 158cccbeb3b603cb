// CRC-32C of sixteen rows at a time. What is checksummed of each row is written down first, its end aligned with the ends
// of the others; then a step takes one byte of every row. What such a byte does to a state is looked up by halves of
// four bits, sixteen rows in one instruction: eight instead of sixteen times four lookups in tables.

import { crcTables } from "./layout";
import { copyText } from "./text";

// @ts-ignore
@inline export const lanes: u32 = 16;
/** A row may have so many bytes here, with {@link beginLane}. The host knows this number. */
// @ts-ignore
@inline const laneBytes: usize = 1008;
/** Before each row there are as many zeros, up to a whole step: they are nothing to a state of 0. */
// @ts-ignore
@inline const zeros: usize = 1024;
/** Behind them the row, what stores may overrun its end by, and an odd number of cache lines in all. */
// @ts-ignore
@inline const laneStride: usize = zeros + laneBytes + 80;

const inputs: usize = memory.data(16 * (1024 + 1008 + 80), 16);
/** Where each lane's row ends. */
const inputEnds: usize = memory.data(64, 16);
/** What four bits do to the four bytes of a state: the lower bits of a byte, then the upper ones. */
const nibbles: usize = memory.data(128, 16);
/** Sixteen bytes of every row, as one vector for each place. */
const places: usize = memory.data(256, 16);
const checksums: usize = memory.data(64, 16);

/** Four bytes that bring a state of 0 to the one that a checksum begins with. */
// @ts-ignore
@inline const toFirstState: u32 = 0x641f6454;

export function buildLaneTables(): void {
  for (let bits: u32 = 0; bits < 16; bits++) {
    for (let byte: u32 = 0; byte < 4; byte++) {
      store<u8>(nibbles + (byte << 4) + bits, load<u8>(crcTables + (bits << 2) + byte));
      store<u8>(nibbles + (byte << 4) + bits, load<u8>(crcTables + (bits << 6) + byte), 64);
    }
  }
}

/** Begins a lane. @returns where what is checksummed of its row is to be written. */
// @ts-ignore
@inline
export function beginLane(lane: u32): u32 {
  const input = inputs + zeros + <usize>lane * laneStride;
  store<u32>(input, toFirstState);
  return <u32>input + 4;
}

// What feeds take in crc-feeds.ts, written down: each gives back where the next goes.

// @ts-ignore
@inline
export function lay4(at: u32, word: u32): u32 {
  store<u32>(at, word);
  return at + 4;
}

/** A field number and eight bytes. */
// @ts-ignore
@inline
export function layNumber64(at: u32, field: u32, value: u64): u32 {
  store<u32>(at, field);
  store<u64>(at, value, 4);
  return at + 12;
}

/** A field number and four bytes. */
// @ts-ignore
@inline
export function layNumber32(at: u32, field: u32, value: u32): u32 {
  store<u32>(at, field);
  store<u32>(at, value, 4);
  return at + 8;
}

/** A field number and one byte. */
// @ts-ignore
@inline
export function layNumberAndByte(at: u32, field: u32, byte: u32): u32 {
  store<u32>(at, field);
  store<u8>(at, byte, 4);
  return at + 5;
}

/** A field number and bytes. Overruns both by up to 15. */
// @ts-ignore
@inline
export function layNumberAndBytes(at: u32, field: u32, source: usize, length: u32): u32 {
  store<u32>(at, field);
  copyText(at + 4, source, length);
  return at + 4 + length;
}

// @ts-ignore
@inline
export function endLane(lane: u32, end: u32): void {
  store<u32>(inputEnds + (<usize>lane << 2), end);
}

/** The checksum of a lane's row. */
// @ts-ignore
@inline
export function laneChecksum(lane: u32): u32 {
  return load<u32>(checksums + (<usize>lane << 2));
}

/** Checksums the rows of the first lanes. */
export function checksumLanes(count: u32): void {
  let longest: usize = 0;
  for (let lane: u32 = 0; lane < lanes; lane++) {
    const input = inputs + zeros + <usize>lane * laneStride;
    if (lane >= count) endLane(lane, <u32>input);
    const length = <usize>load<u32>(inputEnds + (<usize>lane << 2)) - input;
    if (length > longest) longest = length;
  }
  const low0 = v128.load(nibbles);
  const low1 = v128.load(nibbles, 16);
  const low2 = v128.load(nibbles, 32);
  const low3 = v128.load(nibbles, 48);
  const high0 = v128.load(nibbles, 64);
  const high1 = v128.load(nibbles, 80);
  const high2 = v128.load(nibbles, 96);
  const high3 = v128.load(nibbles, 112);
  const four = i8x16.splat(15);
  // The states, a vector for each of their bytes.
  let state0 = i8x16.splat(0);
  let state1 = i8x16.splat(0);
  let state2 = i8x16.splat(0);
  let state3 = i8x16.splat(0);
  for (let before = (longest + 15) & ~15; before > 0; before -= 16) {
    turn(before);
    for (let place = places; place < places + 256; place += 16) {
      const byte = v128.xor(state0, v128.load(place));
      const low = v128.and(byte, four);
      const high = i8x16.shr_u(byte, 4);
      state0 = v128.xor(state1, v128.xor(i8x16.swizzle(low0, low), i8x16.swizzle(high0, high)));
      state1 = v128.xor(state2, v128.xor(i8x16.swizzle(low1, low), i8x16.swizzle(high1, high)));
      state2 = v128.xor(state3, v128.xor(i8x16.swizzle(low2, low), i8x16.swizzle(high2, high)));
      state3 = v128.xor(i8x16.swizzle(low3, low), i8x16.swizzle(high3, high));
    }
  }
  const evens = lower(state0, state2);
  const odds = lower(state1, state3);
  const evensAbove = upper(state0, state2);
  const oddsAbove = upper(state1, state3);
  v128.store(checksums, v128.not(lower(evens, odds)));
  v128.store(checksums, v128.not(upper(evens, odds)), 16);
  v128.store(checksums, v128.not(lower(evensAbove, oddsAbove)), 32);
  v128.store(checksums, v128.not(upper(evensAbove, oddsAbove)), 48);
}

/** Turns sixteen bytes of every row, so far before its end, into {@link places}: interleaving four times does that. */
// @ts-ignore
@inline
function turn(before: usize): void {
  const r0 = bytesOf(0, before);
  const r1 = bytesOf(1, before);
  const r2 = bytesOf(2, before);
  const r3 = bytesOf(3, before);
  const r4 = bytesOf(4, before);
  const r5 = bytesOf(5, before);
  const r6 = bytesOf(6, before);
  const r7 = bytesOf(7, before);
  const r8 = bytesOf(8, before);
  const r9 = bytesOf(9, before);
  const ra = bytesOf(10, before);
  const rb = bytesOf(11, before);
  const rc = bytesOf(12, before);
  const rd = bytesOf(13, before);
  const re = bytesOf(14, before);
  const rf = bytesOf(15, before);
  const a0 = lower(r0, r8);
  const a1 = upper(r0, r8);
  const a2 = lower(r1, r9);
  const a3 = upper(r1, r9);
  const a4 = lower(r2, ra);
  const a5 = upper(r2, ra);
  const a6 = lower(r3, rb);
  const a7 = upper(r3, rb);
  const a8 = lower(r4, rc);
  const a9 = upper(r4, rc);
  const aa = lower(r5, rd);
  const ab = upper(r5, rd);
  const ac = lower(r6, re);
  const ad = upper(r6, re);
  const ae = lower(r7, rf);
  const af = upper(r7, rf);
  const b0 = lower(a0, a8);
  const b1 = upper(a0, a8);
  const b2 = lower(a1, a9);
  const b3 = upper(a1, a9);
  const b4 = lower(a2, aa);
  const b5 = upper(a2, aa);
  const b6 = lower(a3, ab);
  const b7 = upper(a3, ab);
  const b8 = lower(a4, ac);
  const b9 = upper(a4, ac);
  const ba = lower(a5, ad);
  const bb = upper(a5, ad);
  const bc = lower(a6, ae);
  const bd = upper(a6, ae);
  const be = lower(a7, af);
  const bf = upper(a7, af);
  const c0 = lower(b0, b8);
  const c1 = upper(b0, b8);
  const c2 = lower(b1, b9);
  const c3 = upper(b1, b9);
  const c4 = lower(b2, ba);
  const c5 = upper(b2, ba);
  const c6 = lower(b3, bb);
  const c7 = upper(b3, bb);
  const c8 = lower(b4, bc);
  const c9 = upper(b4, bc);
  const ca = lower(b5, bd);
  const cb = upper(b5, bd);
  const cc = lower(b6, be);
  const cd = upper(b6, be);
  const ce = lower(b7, bf);
  const cf = upper(b7, bf);
  v128.store(places, lower(c0, c8));
  v128.store(places, upper(c0, c8), 16);
  v128.store(places, lower(c1, c9), 32);
  v128.store(places, upper(c1, c9), 48);
  v128.store(places, lower(c2, ca), 64);
  v128.store(places, upper(c2, ca), 80);
  v128.store(places, lower(c3, cb), 96);
  v128.store(places, upper(c3, cb), 112);
  v128.store(places, lower(c4, cc), 128);
  v128.store(places, upper(c4, cc), 144);
  v128.store(places, lower(c5, cd), 160);
  v128.store(places, upper(c5, cd), 176);
  v128.store(places, lower(c6, ce), 192);
  v128.store(places, upper(c6, ce), 208);
  v128.store(places, lower(c7, cf), 224);
  v128.store(places, upper(c7, cf), 240);
}

/** Bytes of a lane's row, so far before its end. */
// @ts-ignore
@inline
function bytesOf(lane: usize, before: usize): v128 {
  return v128.load(<usize>load<u32>(inputEnds + (lane << 2)) - before);
}

/** The first eight bytes of each, in turns. */
// @ts-ignore
@inline
function lower(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** The other eight. */
// @ts-ignore
@inline
function upper(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
