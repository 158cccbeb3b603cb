import { createTransport, type TransportOptions } from "@maxcompute-tunnel/transport";
import { expect } from "vitest";
import {
  isSessionError,
  type SessionClock,
  type SessionError,
  type TunnelConnection,
} from "../../src/index.ts";

/** A clock in which time passes at once: sleeping only moves it forward. */
export interface QuickClock extends SessionClock {
  readonly waits: readonly number[];
  nowMs: number;
}

export function quickClock(nowMs: number = Date.now()): QuickClock {
  const waits: number[] = [];
  const clock: QuickClock = {
    waits,
    nowMs,
    now: () => clock.nowMs,
    random: () => 0,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
      clock.nowMs += ms;
    },
  };
  return clock;
}

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

/** A connection to a test server, with time passing at once. */
export function connectTo(
  endpoint: string,
  more: Partial<TunnelConnection> = {},
): TunnelConnection & { readonly clock: QuickClock } {
  return { transport: quickTransport(), endpoint, clock: quickClock(), ...more } as TunnelConnection & {
    readonly clock: QuickClock;
  };
}

/** The SessionError that a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<SessionError> {
  const thrown: unknown = await call.then(
    (value) => expect.fail(`expected the call to reject, got ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (isSessionError(thrown)) return thrown;
  throw thrown;
}
