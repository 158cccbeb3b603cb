import { Refusal } from "../refusal.ts";

/** More slots would do no good: all of them are this server. */
const maxSlots = 64;

/**
 * How many slots a session gets: what the client asks for, within reason, or one.
 *
 * @throws Refusal unless it is a number
 */
export function slotCount(text: string | undefined): number {
  if (text !== undefined && !/^\d{1,9}$/.test(text)) {
    throw new Refusal("InvalidArgument", `Expected a number of slots, got ${JSON.stringify(text)}.`);
  }
  return Math.min(Math.max(Number(text ?? 1), 1), maxSlots);
}
