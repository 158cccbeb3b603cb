import { createTransport, type TransportOptions } from "@maxcompute-tunnel/transport";
import { expect } from "vitest";
import { isServiceError, type ServiceConnection, type ServiceError } from "../../src/index.ts";

/** Phases that no test waits for. */
const timeouts = { firstByteMs: 900_001, idleMs: 900_002, callMs: 900_003 };

/** A transport whose pauses take no time and whose timeouts never come. */
export function quickTransport(options: Partial<TransportOptions> = {}) {
  return createTransport({
    credentials: { kind: "access-key", accessKeyId: "emulator", accessKeySecret: "emulator-secret" },
    timeouts,
    retry: { maxAttempts: 3 },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ms < 900_000) return void setImmediate(resolve);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    ...options,
  });
}

/** A connection to a test server; `waits` are the pauses it made, none of which took any time. */
export function connectTo(
  endpoint: string,
  more: Partial<ServiceConnection> = {},
): ServiceConnection & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  return {
    transport: quickTransport(),
    endpoint,
    project: "proj",
    clock: {
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        waits.push(Math.round(ms));
      },
    },
    waits,
    ...more,
  };
}

/** The ServiceError that a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<ServiceError> {
  const thrown: unknown = await call.then(
    (value) => expect.fail(`expected the call to reject, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (isServiceError(thrown)) return thrown;
  throw thrown;
}
