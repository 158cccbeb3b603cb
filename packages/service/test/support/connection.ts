import { atOnce, rejection } from "@maxcompute-tunnel/testkit";
import { createTransport, type TransportOptions } from "@maxcompute-tunnel/transport";
import { isServiceError, type ServiceConnection, type ServiceError } from "../../src/index.ts";

/** A transport whose pauses take no time and whose timeouts never come. */
export function quickTransport(options: Partial<TransportOptions> = {}) {
  return createTransport({
    credentials: { kind: "access-key", accessKeyId: "emulator", accessKeySecret: "emulator-secret" },
    retry: { maxAttempts: 3 },
    ...atOnce,
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
export function failure(call: Promise<unknown>): Promise<ServiceError> {
  return rejection(call, isServiceError);
}
