/** When a block is complete. */
export interface SealLimits {
  /** Seal a block once it holds this many encoded bytes. */
  readonly maxBytes: number;
  /** Seal a block once it holds this many rows. */
  readonly maxRows: number;
  /** Seal a block this long after its first row, however small it is. */
  readonly maxAgeMs: number;
}

/**
 * Why a block was sealed: it reached a limit, or memory ran short (`memory`), or the caller asked (`flush`).
 */
export type SealReason = "bytes" | "rows" | "age" | "memory" | "flush";

/** Which limit, if any, a block has reached. */
export function reachedLimit(
  block: { readonly bytes: number; readonly rows: number; readonly ageMs: number },
  limits: SealLimits,
): "bytes" | "rows" | "age" | undefined {
  if (block.rows === 0) return undefined;
  if (block.bytes >= limits.maxBytes) return "bytes";
  if (block.rows >= limits.maxRows) return "rows";
  if (block.ageMs >= limits.maxAgeMs) return "age";
  return undefined;
}

const largestDefaultBlock = 64 * 1024 * 1024;

/**
 * The block size that a memory budget allows: the budget shared by the block being built and those in flight,
 * at most 64 MiB unless asked for.
 */
export function blockBytesFor(budgetBytes: number, blocksInFlight: number): number {
  return Math.max(1, Math.min(largestDefaultBlock, Math.floor(budgetBytes / (1 + blocksInFlight))));
}
