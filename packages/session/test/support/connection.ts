import { atOnce, rejection } from "@maxcompute-tunnel/testkit";
import { createTransport, type TransportOptions } from "@maxcompute-tunnel/transport";
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

/** A transport whose pauses take no time and whose timeouts never come. */
export function quickTransport(options: Partial<TransportOptions> = {}) {
  return createTransport({
    credentials: { kind: "access-key", accessKeyId: "emulator", accessKeySecret: "emulator-secret" },
    retry: { maxAttempts: 3 },
    ...atOnce,
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
export function failure(call: Promise<unknown>): Promise<SessionError> {
  return rejection(call, isSessionError);
}
