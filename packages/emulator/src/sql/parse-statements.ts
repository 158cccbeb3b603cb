import type { Statement } from "./statement.ts";

/**
 * Reads a script: statements separated by `;`, empty ones left out.
 *
 * @throws SqlError at the first statement that cannot be read, or that is not offered here.
 */
export function parseStatements(sql: string): Statement[] {
  throw new Error(`to be written: ${sql.length}`);
}
