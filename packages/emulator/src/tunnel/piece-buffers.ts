/**
 * Sizes of the pieces that bodies are looked at in: every write to disk has a price of its own, and a large one is paid
 * less often; but a thousand slow clients must not hold a large piece each.
 */
export const smallPieceBytes: number = 64 * 1024;
export const largePieceBytes: number = 512 * 1024;

/** All large buffers together have 24 MiB. */
const largeCount = 48;
const keptSmallBuffers = 64;

let largeLeft = largeCount;
const spareLarge: Uint8Array[] = [];
const spareSmall: Uint8Array[] = [];

/** A buffer for one piece: a large one where it is wanted and one is left. What is in it is left over from before. */
export function takePieceBuffer(wanted: "large" | "small"): Uint8Array {
  if (wanted === "large" && largeLeft > 0) {
    largeLeft -= 1;
    return spareLarge.pop() ?? Buffer.allocUnsafeSlow(largePieceBytes);
  }
  return spareSmall.pop() ?? Buffer.allocUnsafeSlow(smallPieceBytes);
}

/** Gives a buffer back for other bodies. */
export function givePieceBuffer(buffer: Uint8Array): void {
  if (buffer.length === largePieceBytes) {
    largeLeft += 1;
    spareLarge.push(buffer);
  } else if (spareSmall.length < keptSmallBuffers) {
    spareSmall.push(buffer);
  }
}
