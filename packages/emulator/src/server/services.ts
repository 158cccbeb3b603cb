import type { Clock } from "../clock.ts";
import type { EmulatorLogger, Profile, SecondCommit } from "../options.ts";
import type { Store } from "../storage/store.ts";

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  readonly secondCommit: SecondCommit;
  readonly profile: Profile;
}
