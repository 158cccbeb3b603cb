import { type ClientEnd, type ClientKind, startClient, type UploadOrder } from "../world/client.ts";
import { openGate } from "../world/gate.ts";
import type { Lane } from "../world/lane.ts";

/** Uploads without any trouble, to know when the first request comes; the gate's counts are those of the run. */
export async function undisturbed(
  lane: Lane,
  client: ClientKind,
  order: UploadOrder,
): Promise<{ readonly end: ClientEnd; readonly startMs: number | undefined }> {
  lane.gate.reset();
  const began = performance.now();
  let startMs: number | undefined;
  lane.gate.keeper = {
    step({ asked }) {
      if (asked === "create session") startMs ??= performance.now() - began;
      return true;
    },
  };
  const end = await startClient(client, order, "upload").ended;
  lane.gate.keeper = openGate;
  return { end, startMs };
}
