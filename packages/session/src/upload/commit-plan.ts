import type { TableTarget } from "../table-request.ts";
import type { BlockListDifference } from "./block-list.ts";
import type { BlockInfo, SessionSnapshot } from "./block-session.ts";

/** What is to be committed. */
export interface CommitPlan {
  readonly target: TableTarget;
  readonly sessionId: string;
  readonly expiresAt: Date | undefined;
  /** The blocks that must be there, no more and no less; `undefined` takes what the server holds. */
  readonly blockIds: ReadonlySet<number> | undefined;
  /** Blocks that must be among them in any case. */
  readonly writtenIds: ReadonlySet<number>;
  readonly recordCounts: ReadonlyMap<number, number>;
}

/** What the steps have brought to light, for the receipt or the error. */
export interface CommitFindings {
  error?: unknown;
  snapshot?: SessionSnapshot;
  difference?: BlockListDifference;
  /** The blocks as the last look before a post listed them: what is being committed. */
  committing?: readonly BlockInfo[];
  requestId?: string;
}
