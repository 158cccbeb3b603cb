// Where a value's bytes, or a list's elements, lie in what the host has put down.

import { firstOf, layoutOf, offsetsOf, sizeOf } from "./node";

/** Layouts: between offsets of 32 or 64 bits, or all of one size. */
// @ts-ignore
@inline const offsets32: u32 = 0;
// @ts-ignore
@inline const offsets64: u32 = 1;

/** What the last {@link findRange} found, counted from the first that is there. */
export let rangeStart: u32 = 0;
export let rangeLength: u32 = 0;

/** False when that range is not all there. */
// @ts-ignore
@inline
export function findRange(node: usize, index: u32): bool {
  const layout = layoutOf(node);
  if (layout == offsets32) {
    const at = <usize>offsetsOf(node) + (<usize>index << 2);
    rangeStart = load<u32>(at) - <u32>firstOf(node);
    rangeLength = load<u32>(at, 4) - load<u32>(at);
  } else if (layout == offsets64) {
    const at = <usize>offsetsOf(node) + (<usize>index << 3);
    const start = load<u64>(at) - firstOf(node);
    const length = load<u64>(at, 8) - load<u64>(at);
    if ((start | length) >>> 32) return false;
    rangeStart = <u32>start;
    rangeLength = <u32>length;
  } else {
    rangeStart = offsetsOf(node) * index;
    rangeLength = offsetsOf(node);
  }
  const size = sizeOf(node);
  return rangeStart <= size && rangeLength <= size - rangeStart;
}
