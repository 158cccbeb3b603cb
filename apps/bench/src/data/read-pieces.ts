import { closeSync, openSync, readSync } from "node:fs";

/** Hands a file on piece by piece, in memory that is used again. */
export function readPieces(path: string, take: (piece: Uint8Array) => void, pieceBytes = 256 * 1024): void {
  const piece = new Uint8Array(pieceBytes);
  const file = openSync(path, "r");
  try {
    for (;;) {
      const length = readSync(file, piece);
      if (length === 0) return;
      take(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
