import { applyCatalogChange } from "./apply-catalog-change.ts";
import { applySessionChange } from "./apply-session-change.ts";
import type { Change } from "./change.ts";
import { restore } from "./snapshot.ts";
import type { State } from "./state.ts";

/**
 * Applies one change and returns the block files that nobody needs any more.
 *
 * Deterministic: time comes with the change, never from a clock.
 *
 * @throws Refusal when the state does not allow the change; the state is then as it was
 */
export function applyChange(state: State, change: Change): readonly string[] {
  const released: string[] = [];
  switch (change.kind) {
    case "restore-table":
    case "restore-partition":
    case "restore-segments":
    case "restore-upload":
    case "restore-blocks":
    case "restore-download":
      restore(state, change);
      break;
    case "create-upload":
    case "store-block":
    case "commit-upload":
    case "create-download":
    case "record-instance":
    case "sweep":
      applySessionChange(state, change, released);
      break;
    default:
      applyCatalogChange(state, change, released);
  }
  return released;
}
