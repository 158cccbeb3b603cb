import type { MemoryBudget } from "@maxcompute-tunnel/writer";

/** A block that a client said was stored. */
export interface StoredClaim {
  readonly sessionId: string;
  readonly blockId: number;
  readonly rows: number;
}

/** What is noted of a client from outside, over all its lives. */
export class Watcher {
  readonly sessionIds = new Set<string>();
  readonly claims: StoredClaim[] = [];
  readonly commitStates = new Set<string>();
  /** The blocks that the buffered writer's upload commits. */
  committedIds: readonly number[] = [];
  budget: MemoryBudget | undefined;
  /** How often a source of rows kept everybody waiting. */
  pauses = 0;
  /** Told at the moment of each claim. */
  onStored: (claim: StoredClaim) => void = () => undefined;

  stored(sessionId: string, blockId: number, rows: number): void {
    const claim = { sessionId, blockId, rows };
    this.claims.push(claim);
    this.onStored(claim);
  }
}
