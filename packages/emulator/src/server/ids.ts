import { randomBytes } from "node:crypto";

/**
 * An id for a session, an instance or a request: the date and time of `now`, then random digits.
 *
 * It begins with yyyymmdd because odpscmd names its local session folder after the first eight characters.
 */
export function newId(now: number): string {
  const digits = new Date(now).toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return `${digits}${randomBytes(11).toString("hex")}`;
}
