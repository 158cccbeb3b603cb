import type { Call } from "../server/call.ts";
import type { Match } from "../server/router.ts";
import type { RequestFacts } from "./fault-book.ts";

/** What rules look at in a request that a route was found for. */
export function requestFacts({ route, names }: Match, query: Call["query"]): RequestFacts {
  const block = query.get("blockid") ?? "";
  const facts = {
    project: names.get("project"),
    schema: names.get("schema") ?? query.get("curr_schema"),
    table: names.get("table"),
    session: sessionOf(query),
    block: /^\d{1,9}$/.test(block) ? Number(block) : undefined,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== "");
  return { action: route.action, ...Object.fromEntries(known) };
}

/** Id of the session that a request names. */
export function sessionOf(query: Call["query"]): string | undefined {
  return query.get("uploadid") ?? query.get("downloadid") ?? query.get("upsertid");
}
