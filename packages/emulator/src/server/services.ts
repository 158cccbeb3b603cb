import type { Clock } from "../clock.ts";
import type { EmulatorLogger, Profile, SecondCommit } from "../options.ts";
import type { QueryEngine } from "../query/query-engine.ts";
import type { Store } from "../storage/store.ts";

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly queries: QueryEngine;
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly secondCommit: SecondCommit;
  readonly profile: Profile;
}
