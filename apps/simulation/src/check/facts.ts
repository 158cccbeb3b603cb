import type { Outputs } from "../client/outputs.ts";
import type { Row } from "../client/rows.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { Exchange } from "../world/exchange.ts";

/** All that is known of a run when it is over. */
export interface Facts {
  readonly schedule: Schedule;
  readonly outcome: Outcome;
  /** The table when the last message had arrived. */
  readonly rows: readonly Row[];
  /** What another run of the job, without faults, came to; and the table after it. */
  readonly settled: Settled | undefined;
  /** The life that said how the upload ended. */
  readonly lastLife: number;
  readonly exchanges: readonly Exchange[];
  /** Whether it could not be known, when the client said how it ended, what a commit came to. */
  readonly isDoubtReal: boolean;
  readonly falseClaims: readonly string[];
  /** Bytes beyond what memory may hold; 0 or less when it was kept. */
  readonly excessBytes: number;
  readonly outputs: Outputs;
  readonly serverStartFailure: unknown;
  readonly startAt: number;
}

/** What a look at everything afterwards came to. */
export interface Settled {
  readonly outcome: Outcome;
  readonly rows: readonly Row[];
  /** Whether the session was less than 24 hours old then. */
  readonly isYoung: boolean;
}
