import type { Clock } from "../clock.ts";
import type { Call } from "../server/call.ts";
import type { TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { receiveRecords } from "./receive-records.ts";

/**
 * Takes a block's body in and puts it in the session's list.
 *
 * @throws Refusal saying what is wrong with the body, or that the session takes no more blocks
 */
export async function storeBlock(
  call: Call,
  target: { readonly uploadId: string; readonly blockId: number; readonly columns: readonly TableColumn[] },
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<void> {
  await receiveRecords(
    call,
    {
      columns: target.columns,
      keep: (segment) =>
        store.submit({
          kind: "store-block",
          uploadId: target.uploadId,
          block: { blockId: target.blockId, ...segment, storedAt: clock.now() },
        }),
    },
    { store, clock },
  );
}
