import { applyCatalogChange } from "./apply-catalog-change.ts";
import { applyQueryChange } from "./apply-query-change.ts";
import { applySessionChange } from "./apply-session-change.ts";
import { applyStreamChange } from "./apply-stream-change.ts";
import { applyUpsertChange } from "./apply-upsert-change.ts";
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
    case "restore-upsert":
    case "restore-upsert-packs":
      restore(state, change);
      break;
    case "create-upload":
    case "store-block":
    case "commit-upload":
    case "end-upload":
    case "create-download":
    case "sweep":
      applySessionChange(state, change, released);
      break;
    case "create-stream":
    case "append-rows":
    case "abort-stream":
      applyStreamChange(state, change, released);
      break;
    case "create-upsert":
    case "store-upserts":
    case "commit-upsert":
    case "abort-upsert":
      applyUpsertChange(state, change, released);
      break;
    case "write-rows":
    case "record-instance":
    case "create-result-download":
      applyQueryChange(state, change, released);
      break;
    default:
      applyCatalogChange(state, change, released);
  }
  return released;
}
