/** Told of each match, with the literals before it: they go from `literalFrom` to `at`. */
export type OnMatch = (literalFrom: number, at: number, offset: number, length: number) => void;

const hashBits = 14;
const minMatch = 4;
/** Farther back than this no match is looked for: offsets take two bytes. */
const maxOffset = 65_535;
/** LZ4 wants its last bytes as literals; Snappy does not mind. */
const lastLiterals = 5;
const lastMatchStart = 12;

/**
 * Finds repeats of four bytes and more in a block, greedily, with one place kept per hash; steps grow where nothing is
 * found.
 *
 * @returns where the literals behind the last match begin
 */
export function findMatches(data: Uint8Array, onMatch: OnMatch): number {
  const places = new Int32Array(1 << hashBits).fill(-1);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const limit = data.length - lastMatchStart;
  const matchEnd = data.length - lastLiterals;
  let literalFrom = 0;
  let misses = 0;
  for (let at = 0; at < limit; ) {
    const word = view.getInt32(at, true);
    const hash = Math.imul(word, 0x9e3779b1) >>> (32 - hashBits);
    const place = places[hash] ?? -1;
    places[hash] = at;
    if (place < 0 || at - place > maxOffset || view.getInt32(place, true) !== word) {
      at += 1 + (misses++ >> 5);
      continue;
    }
    let end = at + minMatch;
    for (let from = place + minMatch; end < matchEnd && data[from] === data[end]; from++) {
      end++;
    }
    onMatch(literalFrom, at, at - place, end - at);
    literalFrom = end;
    at = end;
    misses = 0;
  }
  return literalFrom;
}
