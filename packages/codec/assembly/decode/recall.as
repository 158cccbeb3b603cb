// Short texts met lately, so that the host need not make the same one twice. Each has one place, by what it is: a later
// one takes it from an earlier.

// @ts-ignore
@inline const places: u32 = 4096;
/** Longer ones are not looked for. */
// @ts-ignore
@inline const longest: u32 = 12;

/** For each place twelve bytes of text, zeros behind it, and its length + 1. */
const known: usize = memory.data(65536, 16);

/** Forgets them all. */
export function forgetTexts(): void {
  memory.fill(known, 0, <usize>places << 4);
}

/**
 * Looks for a column's values, and remembers them. A word a row goes to `codes`: the place of one that was there; the
 * complement of its place, for one that is there from now on; the complement of {@link places} for one that is too long. Of the
 * values, those stay that were not there, one behind the other.
 *
 * @returns how many those are.
 */
export function recallTexts(values: usize, rows: u32, codes: usize): u32 {
  let unknown = values;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const at = <usize>load<u32>(values + (row << 3));
    const length = load<u32>(values + (row << 3), 4);
    let code = ~<i32>places;
    if (length <= longest) {
      let low = load<u64>(at);
      let high = <u64>load<u32>(at, 8);
      if (length < 8) {
        low &= ((<u64>1) << (length << 3)) - 1;
        high = 0;
      } else {
        high &= ((<u64>1) << ((length - 8) << 3)) - 1;
      }
      high |= <u64>(length + 1) << 32;
      const place = <i32>(((low ^ (high * 0xc2b2ae3d27d4eb4f)) * 0x9e3779b97f4a7c15) >>> 52);
      const entry = known + (<usize>place << 4);
      code = place;
      if (load<u64>(entry) != low || load<u64>(entry, 8) != high) {
        store<u64>(entry, low);
        store<u64>(entry, high, 8);
        code = ~place;
      }
    }
    store<i32>(codes + (row << 2), code);
    if (code < 0) {
      store<u32>(unknown, <u32>at);
      store<u32>(unknown, length, 4);
      unknown += 8;
    }
  }
  return <u32>((unknown - values) >> 3);
}
