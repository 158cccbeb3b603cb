import type { ResolvedTable } from "./connection.ts";
import { ServiceError } from "./errors.ts";

/** Writes a table's full name for SQL: `` `project`.`table` `` or `` `project`.`schema`.`table` ``. */
export function sqlTableName({ project, schema, table }: ResolvedTable): string {
  const parts = schema === undefined ? [project, table] : [project, schema, table];
  return parts.map(quoteSqlName).join(".");
}

/** Back-quotes a name. @throws ServiceError `invalid-argument` for one that holds a back-quote. */
export function quoteSqlName(name: string): string {
  if (name !== "" && !/[`\p{Cc}\p{Cs}]/u.test(name)) return `\`${name}\``;
  throw new ServiceError(
    "invalid-argument",
    `Expected a name without back-quotes, got ${JSON.stringify(name)}`,
  );
}
