// Where things lie in memory. Everything above `heapBase` is the host's: it lays out each call's input and output there.

/** Sixteen CRC-32C tables of 256 words. Below the compiler's own data, so that the address is a constant. */
// @ts-ignore
@inline export const crcTables: usize = 1024;

/** What a call leaves for the host besides its return value: words, each documented where it is written. */
export const results: usize = memory.data(64, 64);

export function resultsAt(): usize {
  return results;
}

/** The first byte that is the host's. Vector loads may reach this much before and after anything the host puts down. */
export function heapBase(): usize {
  return (__heap_base + 127) & ~127;
}
