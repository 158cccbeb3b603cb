import { SessionError } from "./errors.ts";

/** The highest block id that the service takes. */
export const maxBlockId = 19_999;

/** The most blocks that one session holds. */
export const blockCountLimit = 20_000;

/**
 * Checks a block id before anything is sent. 20000 passes: the reference interface names it as the end of the
 * range, and it is the service that refuses it.
 *
 * @throws SessionError `invalid-block-id`.
 */
export function checkBlockId(blockId: number): void {
  if (Number.isInteger(blockId) && blockId >= 0 && blockId <= blockCountLimit) return;
  throw new SessionError(
    "invalid-block-id",
    `Expected a block id from 0 to ${maxBlockId}, got ${String(blockId)}`,
    {
      blockId,
    },
  );
}
