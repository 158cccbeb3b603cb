import type { Clock } from "../clock.ts";
import type { Profile } from "../options.ts";
import type { Call } from "../server/call.ts";
import type { Segment, TableColumn } from "../storage/state.ts";
import type { Store } from "../storage/store.ts";
import { arrowIntake } from "./arrow/arrow-intake.ts";
import { conventionsOf } from "./arrow/conventions.ts";
import { receiveBody } from "./receive-body.ts";
import { receiveRecords } from "./receive-records.ts";

/**
 * Takes a block's body in, records or with `arrow` Arrow batches, and puts it in the session's list.
 *
 * @throws Refusal saying what is wrong with the body, or that the session takes no more blocks
 */
export async function storeBlock(
  call: Call,
  target: { readonly uploadId: string; readonly blockId: number; readonly columns: readonly TableColumn[] },
  services: { readonly store: Store; readonly clock: Clock; readonly profile: Profile },
): Promise<void> {
  const { store, clock } = services;
  const { uploadId, blockId, columns } = target;
  const keep = (segment: Segment): Promise<void> =>
    store.submit({
      kind: "store-block",
      uploadId,
      block: { blockId, ...segment, storedAt: clock.now() },
    });
  if (call.query.has("arrow")) {
    const openIntake = arrowIntake(columns, conventionsOf(call.request.headers["user-agent"]));
    await receiveBody(call, { openIntake, keep }, services);
  } else {
    await receiveRecords(call, { columns, keep, profile: services.profile }, services);
  }
}
