import type { Timeouts } from "./request.ts";

/** Timeouts put together, later ones winning; throws a RangeError for one that is not above 0. */
export function resolveTimeouts(...sets: readonly (Partial<Timeouts> | undefined)[]): Timeouts {
  const resolved = { ...defaults };
  for (const set of sets) {
    for (const name of ["firstByteMs", "idleMs", "callMs"] as const) {
      const ms = set?.[name];
      if (ms === undefined) continue;
      if (!(ms > 0)) throw new RangeError(`Expected ${name} to be more than 0, got ${ms}`);
      resolved[name] = ms;
    }
  }
  return resolved;
}

const defaults: { -readonly [Name in keyof Timeouts]: number } = {
  firstByteMs: 300_000,
  idleMs: 120_000,
  callMs: Number.POSITIVE_INFINITY,
};
