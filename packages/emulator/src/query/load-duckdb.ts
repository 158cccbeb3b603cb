import { Refusal } from "../refusal.ts";

/** The embedded database that queries run on. */
export type DuckDb = typeof import("@duckdb/node-api");

/**
 * Loads the database's package, which only queries need.
 *
 * @throws Refusal saying how to get it, or why it cannot be loaded
 */
export async function loadDuckDb(): Promise<DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    const problem = missing
      ? "queries need the package @duckdb/node-api; install it beside the emulator"
      : `queries need the package @duckdb/node-api, which cannot be loaded here: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new Refusal("NotImplemented", `ODPS-0130161:[1,1] Parse exception - ${problem}`, { cause });
  }
}
