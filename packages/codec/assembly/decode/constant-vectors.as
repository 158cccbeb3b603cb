// Vectors that never change. In memory these take one load; as constants, V8 puts them together each time.

/** The character 0 in each lane. */
export const zeros: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]);
export const nines: usize = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
/** Weights of two and two digits, and of two and two of those. */
export const tens: usize = memory.data<u16>([1000, 100, 10, 1, 1000, 100, 10, 1]);
export const fours: usize = memory.data<u16>([10000, 10000, 1, 1, 10000, 10000, 1, 1]);
/** From so many bytes on: the lanes' numbers, less 16, plus so many. */
export const places: usize = memory.data<i8>([
  -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15,
]);
/** From so many bytes on: -1 in all lanes but so many at the end; from 16 on, in none. */
export const wholes: usize = memory.data<i8>([
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
