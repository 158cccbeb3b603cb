import { SessionError, type SessionErrorFacts } from "./errors.ts";
import type { TunnelSchema } from "./table-schema.ts";

/**
 * Refuses a session in which the service would read DATETIME values as local time of Asia/Shanghai with that zone's
 * history: values would arrive changed, without an error. Tables without DATETIME are not touched by it.
 *
 * Protocol: the answer header `odps-tunnel-date-transform` is `true` for projects in the legacy local-time mode.
 *
 * @throws SessionError `date-transform`.
 */
export function refuseDateTransform(headers: Headers, schema: TunnelSchema, facts: SessionErrorFacts): void {
  if (headers.get("odps-tunnel-date-transform")?.trim().toLowerCase() !== "true") return;
  const column = schema.columns.find(({ type }) => /\bdatetime\b/iu.test(type));
  if (column === undefined) return;
  throw new SessionError(
    "date-transform",
    `${facts.operation}: the project re-interprets DATETIME values as local time (odps-tunnel-date-transform: true), ` +
      `which would change column ${column.name} of table ${facts.table} silently; this client sends UTC only`,
    facts,
  );
}
