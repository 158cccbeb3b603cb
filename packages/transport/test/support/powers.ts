import { expect } from "vitest";
import {
  createTransport,
  type Sleep,
  type TransportOptions,
  TunnelError,
  type TunnelRequest,
} from "../../src/index.ts";

export const accessKey = {
  kind: "access-key",
  accessKeyId: "LTAI4ExampleKeyId01",
  accessKeySecret: "exampleSecret0123456789abcdefXY",
} as const;

export interface RecordedSleep {
  readonly sleep: Sleep;
  /** Every wait that was begun, in milliseconds. */
  readonly waits: number[];
}

/**
 * A sleep that ends the waits that `ends` picks at once, in a macrotask of their own, and never ends the others:
 * timeouts and pauses go through the same power.
 */
export function recordedSleep(ends: (ms: number) => boolean): RecordedSleep {
  const waits: number[] = [];
  return {
    waits,
    sleep: (ms, signal) => {
      waits.push(ms);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const timer = ends(ms) ? setImmediate(resolve) : undefined;
        signal?.addEventListener("abort", () => {
          if (timer !== undefined) clearImmediate(timer);
          reject(signal.reason);
        });
      });
    },
  };
}

export interface HeldSleep {
  readonly sleep: Sleep;
  /** The waits that are under way, in milliseconds, oldest first. */
  pending(): readonly number[];
  /** Lets the time of the oldest wait of this length pass, as soon as there is one. */
  pass(ms: number): Promise<void>;
}

/** A sleep in which time passes only when the test says so. */
export function heldSleep(): HeldSleep {
  const waits = new Map<() => void, number>();
  return {
    pending: () => [...waits.values()],
    pass: async (ms) => {
      for (;;) {
        const found = [...waits].find(([, wait]) => wait === ms);
        if (found !== undefined) return found[0]();
        await new Promise(setImmediate);
      }
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = () => {
          waits.delete(end);
          resolve();
        };
        waits.set(end, ms);
        signal?.addEventListener("abort", () => {
          waits.delete(end);
          reject(signal.reason);
        });
      }),
  };
}

/** Timeouts that no test waits for, apart so that a recorded wait says which it was. */
export const timeouts = { firstByteMs: 900_001, idleMs: 900_002, callMs: 900_003 } as const;

/** A transport that pauses without taking time, and never times out. */
export function quickTransport(options: Partial<TransportOptions> = {}) {
  const { sleep } = recordedSleep((ms) => ms < 900_000);
  return createTransport({ credentials: accessKey, sleep, timeouts, ...options });
}

export function request(endpoint: string, more: Partial<TunnelRequest> = {}): TunnelRequest {
  return {
    operation: "try something",
    method: "GET",
    endpoint,
    path: ["projects", "p"],
    kind: "control",
    ...more,
  };
}

/** The TunnelError that a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<TunnelError> {
  const thrown: unknown = await call.then(
    () => expect.fail("expected the call to reject"),
    (error: unknown) => error,
  );
  if (!(thrown instanceof TunnelError)) throw thrown;
  return thrown;
}
