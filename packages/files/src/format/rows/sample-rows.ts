import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { ArrowPack, isCodecError } from "@maxcompute-tunnel/codec/arrow";
import type { ColumnMapping } from "./column-mapping.ts";
import { MappedBatches } from "./mapped-batches.ts";
import type { RowInput } from "./row-input.ts";

/** Encoded bytes that a row makes, about: encodes the first few to see. */
export async function encodedPerRow(
  input: RowInput,
  columns: readonly ColumnSpec[],
  mapping: ColumnMapping,
): Promise<number> {
  const mapped = new MappedBatches(mapping);
  for await (const batch of input.batches(0)) {
    const pack = new ArrowPack(columns, { kernel: "js" });
    const own = mapped.map(batch);
    const rows = Math.min(sampledRows, batch.numRows);
    for (let row = 0; row < rows; row += 1) {
      try {
        pack.append(own, row, rows);
        break;
      } catch (error) {
        // A row that is left out says nothing; what is wrong with it is told when its turn comes.
        if (!isCodecError(error) || error.row === undefined) break;
        row = error.row;
      }
    }
    if (pack.recordCount > 0) return pack.byteLength / pack.recordCount;
    break;
  }
  return usualRowBytes;
}

const sampledRows = 512;
const usualRowBytes = 64;
