import { EmulatorError } from "../errors.ts";
import type { RequestRecord } from "../options.ts";

const names = [
  "action",
  "method",
  "project",
  "schema",
  "table",
  "session",
  "block",
  "status",
  "code",
] as const;

/**
 * Picks from the request log what the parameters of a URL ask for: any of the facts of a request by its name, `after`
 * a request's id, and at most `limit`, the latest.
 *
 * @throws EmulatorError `invalid-option` for a parameter that is not known
 */
export function filterRequests(
  records: readonly RequestRecord[],
  query: ReadonlyMap<string, string>,
): readonly RequestRecord[] {
  for (const name of query.keys()) {
    if (!["after", "limit", ...names].includes(name)) {
      throw new EmulatorError(
        "invalid-option",
        `There is no filter ${name}; there are after, limit, ${names.join(", ")}`,
      );
    }
  }
  const limit = query.get("limit") ?? String(records.length);
  if (!/^\d{1,9}$/.test(limit)) {
    throw new EmulatorError("invalid-option", `Expected limit to be a number, got ${JSON.stringify(limit)}`);
  }
  const after = query.get("after");
  const from = after === undefined ? 0 : records.findIndex(({ requestId }) => requestId === after) + 1;
  const found = records
    .slice(from)
    .filter((record) =>
      names.every((name) => !query.has(name) || String(record[name] ?? "") === query.get(name)),
    );
  return Number(limit) === 0 ? [] : found.slice(-Number(limit));
}
