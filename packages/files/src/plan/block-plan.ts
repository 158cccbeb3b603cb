/** What the size of blocks depends on. */
export interface BlockSizing {
  /** What the caller wants. */
  readonly asked: number | undefined;
  /** Encoded bytes of the whole load, about; `undefined` if nobody knows. */
  readonly encodedBytes: number | undefined;
  /** Bytes that blocks may take at a time. */
  readonly memoryBytes: number;
  /** Blocks that are in memory at a time: being made, waiting and on their way. */
  readonly blocksHeld: number;
}

/** A size for blocks, and what it comes to. */
export interface BlockSize {
  readonly blockBytes: number;
  /** The size that blocks of an input of unknown length may grow to. */
  readonly mostBlockBytes: number;
  readonly blocks: number | undefined;
  readonly warnings: readonly string[];
}

/**
 * Chooses a size for blocks: 16 MiB, or as much more as it takes to stay below 500 blocks, which is what the service
 * takes for one table in five minutes, and below the 20 000 of a session, as far as memory allows.
 * (protocol: MaxCompute Tunnel, block ids and quotas)
 */
export function sizeBlocks(sizing: BlockSizing): BlockSize {
  const { asked, encodedBytes, memoryBytes, blocksHeld } = sizing;
  const roomBytes = Math.max(leastBlockBytes, Math.floor(memoryBytes / blocksHeld));
  const usual = Math.min(usualBlockBytes, roomBytes);
  const needed = encodedBytes === undefined ? 0 : Math.ceil(encodedBytes / aimedBlocks);
  const blockBytes = asked ?? Math.min(Math.max(usual, needed), Math.max(usual, roomBytes));
  const blocks = encodedBytes === undefined ? undefined : Math.max(1, Math.ceil(encodedBytes / blockBytes));
  return {
    blockBytes,
    mostBlockBytes: asked ?? Math.max(blockBytes, roomBytes),
    blocks,
    warnings: blocks === undefined ? [] : warningsOf(blocks),
  };
}

/** The size of an input's next block when its length is unknown: twice as much after every 250 blocks. */
export function growingBlockBytes(
  blocksMade: number,
  size: Pick<BlockSize, "blockBytes" | "mostBlockBytes">,
): number {
  const doublings = Math.min(20, Math.floor(blocksMade / 250));
  return Math.max(size.blockBytes, Math.min(size.blockBytes * 2 ** doublings, size.mostBlockBytes));
}

function warningsOf(blocks: number): readonly string[] {
  if (blocks > sessionBlocks) {
    return [
      `About ${blocks} blocks are needed and a session has ${sessionBlocks}: larger blocks, or more memory for them, are needed.`,
    ];
  }
  if (blocks > quotaBlocks) {
    return [
      `About ${blocks} blocks are needed; the service takes ${quotaBlocks} for a table in five minutes and will make a faster load wait.`,
    ];
  }
  return [];
}

const usualBlockBytes = 16 * 1024 * 1024;
const leastBlockBytes = 1024 * 1024;
const quotaBlocks = 500;
const sessionBlocks = 20_000;
/** Somewhat below the quota, since the bytes of a load are an estimate. */
const aimedBlocks = 400;
