import type { RunEnd } from "../time/scheduler.ts";

/** How a client says its upload ended, or that it does not say anything any more. */
export type Outcome =
  | {
      readonly kind: "success";
      readonly receipt: { readonly confirmedBy: string; readonly blockIds: readonly number[] };
    }
  /** Nothing was committed, it says. */
  | { readonly kind: "failed"; readonly error: unknown; readonly code: string }
  /** It cannot know whether it was committed, it says. */
  | { readonly kind: "unknown"; readonly error: unknown }
  /** It died and nobody started it again. */
  | { readonly kind: "crashed" }
  | { readonly kind: "hang"; readonly end: RunEnd };
