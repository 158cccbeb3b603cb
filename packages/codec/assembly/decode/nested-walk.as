// Arrays, maps and structs: where they end, and what their checksum is of. What their values are is left to the host.
//
// A type is four words: kind, then
//   array   address of the elements' type
//   map     address of the keys' type, of the values'
//   struct  number of fields, address of the addresses of their types
//   vector  number of elements, bytes of each

import { takeVarint, unzigzag, varintEnd } from "../varint";

// @ts-ignore
@inline const walkInteger: u32 = 0;
// @ts-ignore
@inline const walkDouble: u32 = 1;
// @ts-ignore
@inline const walkFloat: u32 = 2;
// @ts-ignore
@inline const walkBoolean: u32 = 3;
// @ts-ignore
@inline const walkBytes: u32 = 4;
// @ts-ignore
@inline const walkInstant: u32 = 8;
// @ts-ignore
@inline const walkVector: u32 = 10;
// @ts-ignore
@inline const walkArray: u32 = 16;
// @ts-ignore
@inline const walkMap: u32 = 17;
// @ts-ignore
@inline const walkStruct: u32 = 18;

/** Where that ends which the checksum of the value walked last is of. */
export let walkEnd: usize = 0;

/** The address behind a value; 0 when it is not all there or wrong in itself. What its checksum is of goes to an address. */
export function walkNested(type: usize, at: usize, end: usize, to: usize): usize {
  walkEnd = to;
  return walk(type, at, end);
}

function walk(type: usize, at: usize, end: usize): usize {
  switch (load<u32>(type)) {
    case walkArray: {
      const count = takeVarint(at);
      at = varintEnd;
      return at && at <= end ? walkAll(load<u32>(type, 4), count, at, end) : 0;
    }
    case walkMap: {
      const count = takeVarint(at);
      at = varintEnd;
      if (!at || at > end) return 0;
      at = walkAll(load<u32>(type, 4), count, at, end);
      if (!at) return 0;
      const values = takeVarint(at);
      at = varintEnd;
      return at && at <= end && values == count ? walkAll(load<u32>(type, 8), count, at, end) : 0;
    }
    case walkStruct: {
      const fields = load<u32>(type, 8);
      for (let field: usize = 0; at && field < <usize>load<u32>(type, 4); field++) {
        at = walkFlagged(load<u32>(fields + (field << 2)), at, end);
      }
      return at;
    }
    case walkInteger: {
      const value = takeVarint(at);
      feed64(<u64>unzigzag(value));
      return ended(varintEnd, end);
    }
    case walkDouble:
      feed64(load<u64>(at));
      return ended(at + 8, end);
    case walkFloat:
      feed32(load<u32>(at));
      return ended(at + 4, end);
    case walkBoolean: {
      if (at >= end || load<u8>(at) > 1) return 0;
      store<u8>(walkEnd++, load<u8>(at));
      return at + 1;
    }
    case walkInstant: {
      const seconds = unzigzag(takeVarint(at));
      at = ended(varintEnd, end);
      if (!at) return 0;
      const nanos = takeVarint(at);
      feed64(<u64>seconds);
      feed32(<u32>(nanos >>> 1));
      return nanos & 1 || nanos > 1999999998 ? 0 : ended(varintEnd, end);
    }
    default: {
      const stated = takeVarint(at);
      at = varintEnd;
      if (!at || at > end) return 0;
      let length = stated;
      if (load<u32>(type) == walkVector) {
        if (stated != <u64>load<u32>(type, 4)) return 0;
        length = stated * <u64>load<u32>(type, 8);
      }
      if (length > <u64>(end - at)) return 0;
      memory.copy(walkEnd, at, <usize>length);
      walkEnd += <usize>length;
      return at + <usize>length;
    }
  }
}

/** So many values behind their null flags. Each takes a byte at least: the count need not be believed. */
function walkAll(type: usize, count: u64, at: usize, end: usize): usize {
  for (; at && count; count--) at = walkFlagged(type, at, end);
  return at;
}

// @ts-ignore
@inline
function walkFlagged(type: usize, at: usize, end: usize): usize {
  if (at >= end) return 0;
  const isNull = load<u8>(at++);
  return isNull ? (isNull == 1 ? at : 0) : walk(type, at, end);
}

// @ts-ignore
@inline
function feed64(value: u64): void {
  store<u64>(walkEnd, value);
  walkEnd += 8;
}

// @ts-ignore
@inline
function feed32(value: u32): void {
  store<u32>(walkEnd, value);
  walkEnd += 4;
}

// @ts-ignore
@inline
function ended(at: usize, end: usize): usize {
  return at <= end ? at : 0;
}
