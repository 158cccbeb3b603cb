import type { ChunkedWriter } from "../wire/chunked-writer.ts";
import { addRecords } from "./add-records.ts";
import { isRightInEachRow } from "./deferred-text.ts";
import type { Kernel } from "./kernel.ts";
import { slotAscii, slotInstant, slotText } from "./slot-kinds.ts";
import type { ValueTape } from "./value-tape.ts";

/** The kernel's vector loads and stores may go so far beyond what they are for. */
const slack = 64;

/** What became of the rows of a tape. */
export type EncodedTape =
  /** @property packState as it was given, with the new records. */
  | { readonly kind: "encoded"; readonly packState: number }
  /** The writer has nothing of them: text of a column has to be looked at row by row. */
  | { readonly kind: "refused"; readonly column: number };

/**
 * Encodes the rows on a tape with the kernel, moves the records to a writer and empties the tape. Rows that were put
 * down together may be refused, and are on the tape no more then.
 *
 * @param packState running state of the checksum of checksums.
 */
export function encodeTape(
  kernel: Kernel,
  tape: ValueTape,
  target: ChunkedWriter,
  packState: number,
): EncodedTape {
  const { rowCount, kinds, texts } = tape;
  if (rowCount === 0) return { kind: "encoded", packState };
  const slotBytes = rowCount * tape.slotsPerRow * 8;
  const columns = kernel.base;
  const slots = align(columns + kinds.length * 8);
  const ends = align(slots + slotBytes);
  const raw = align(ends + rowCount * 4);
  const text = align(raw + tape.rawLength);
  const textRoom = tape.textUnits * 3 + slack;
  const out = align(text + textRoom);
  kernel.reserve(out + tape.byteLengthAtMost + slack - kernel.base);

  const { bytes, words } = kernel;
  bytes.set(new Uint8Array(tape.floats.buffer, 0, slotBytes), slots);
  if (tape.rawLength > 0) bytes.set(tape.raw.subarray(0, tape.rawLength), raw);
  let textAt = text;
  let offset = 0;
  for (let index = 0; index < kinds.length; index++, offset += 8) {
    const column = (columns >> 2) + index * 2;
    const kind = kinds[index]!;
    words[column] = kind;
    if (kind === slotInstant) offset += 8;
    if (kind !== slotText) continue;
    const units = texts[index]!;
    const { written } = textEncoder.encodeInto(units, bytes.subarray(textAt, textAt + units.length * 3));
    words[column + 1] = textAt;
    if (written === units.length) words[column] = slotAscii;
    if (
      tape.areTogether &&
      tape.isDeferred(index) &&
      !isRightInEachRow(kernel, tape, index, slots + offset, textAt, written)
    ) {
      tape.clear();
      return { kind: "refused", column: index };
    }
    textAt += written;
  }

  const encode = tape.fitsLanes ? kernel.encodeRowsInLanes : kernel.encodeRows;
  const length = encode(columns, kinds.length, slots, rowCount, raw, out, ends, packState);
  const endsAt = ends >> 2;
  addRecords(target, bytes.subarray(out, out + length), words.subarray(endsAt, endsAt + rowCount));
  tape.clear();
  return { kind: "encoded", packState: words[kernel.results]! | 0 };
}

/** The next address that is good for any type, with slack before it. */
function align(address: number): number {
  return (address + slack + 15) & ~15;
}

const textEncoder: TextEncoder = /*@__PURE__*/ new TextEncoder();
