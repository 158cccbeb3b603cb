import { Refusal } from "../../refusal.ts";
import { schemaModified } from "../../storage/apply-stream-change.ts";
import type { Table } from "../../storage/state.ts";

/**
 * The version of a table's columns that a request is about.
 *
 * protocol: MaxCompute Tunnel, stream upload: a version that is not there yet is `NoSuchSchema`, and clients ask again
 * until it is; one that is no longer the latest is `SchemaModified` for those who insist on the latest.
 *
 * @throws Refusal also when it is no number
 */
export function askedSchemaVersion(
  query: ReadonlyMap<string, string>,
  table: Table,
  byDefault: number,
): number {
  const text = query.get("schema_version") || String(byDefault);
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refusal(
      "InvalidArgument",
      `Expected schema_version to be a number, got ${JSON.stringify(text)}.`,
    );
  }
  const version = Number(text);
  if (version > table.schemaVersion) {
    throw new Refusal(
      "NoSuchSchema",
      `The table ${table.name} has no schema version ${version} yet; its latest is ${table.schemaVersion}.`,
    );
  }
  if (wantsLatest(query) && version < table.schemaVersion) {
    throw schemaModified(table, version);
  }
  return version;
}

/** Whether the request is to be refused when the table's columns have changed since the client learnt them. */
export function wantsLatest(query: ReadonlyMap<string, string>): boolean {
  return query.get("check_latest_schema") === "true";
}
