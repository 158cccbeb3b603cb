import { isDeepStrictEqual } from "node:util";

/** Fails with both values when they differ. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(`${what}: Expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

/** Fails unless nothing sets the two apart. */
export function expectSame(difference: string | undefined): void {
  if (difference !== undefined) throw new Error(difference);
}
