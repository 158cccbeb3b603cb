import { setTimeout } from "node:timers/promises";
import type { FaultyUpload } from "./faulty-upload.ts";

/** What happens around a client while an upload is under way. */
export type Meanwhile = (upload: FaultyUpload, ended: () => boolean) => Promise<void>;

/** Once a fault has acted and the server is done, the client loses patience until it tries something else. */
export const patienceIsLost: Meanwhile = async (upload, ended) => {
  const { clock } = upload;
  const before = clock.pauses.length;
  while (!ended() && clock.pauses.length === before) {
    if (wasFaulty(upload)) {
      clock.losePatience();
    }
    await setTimeout(2);
  }
};

/** Once a fault has acted, the server's time goes forward until the upload has ended. */
export function timePasses(stepMs: number): Meanwhile {
  return async (upload, ended) => {
    const { emulator } = upload;
    while (!ended()) {
      if (emulator.faults.list().some(({ fired }) => fired > 0)) {
        emulator.clock.advance(stepMs);
      }
      await setTimeout(2);
    }
  };
}

/** Whether the server has an answer to the request that met a fault, sent or not. */
function wasFaulty({ emulator, table }: FaultyUpload): boolean {
  return emulator.requests.some((request) => request.table === table && request.faults !== undefined);
}

/** Runs an upload while something happens around it, and gives what it came to. */
export async function outcomeOf<T>(
  upload: FaultyUpload,
  run: () => Promise<T>,
  happens?: Meanwhile,
): Promise<T> {
  let ended = false;
  const running = run().finally(() => {
    ended = true;
  });
  const [outcome] = await Promise.allSettled([running, happens?.(upload, () => ended)]);
  if (outcome.status === "rejected") {
    throw outcome.reason;
  }
  return outcome.value;
}
