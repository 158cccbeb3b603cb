import { isCodecError } from "@maxcompute-tunnel/codec";
import { Refusal } from "../refusal.ts";

/** A query that began and could not be brought to its end. */
export function queryFailure(code: string, problem: string, cause?: unknown): Refusal {
  return new Refusal("InvalidArgument", `${code} - ${problem}`, { cause });
}

/**
 * What the sender of a query is told about an error of the database or of writing its rows; other errors come back
 * as they are.
 *
 * The database points into text that nobody has seen, so only its first sentence is kept.
 */
export function asQueryFailure(error: unknown): unknown {
  if (isCodecError(error)) {
    return queryFailure("ODPS-0121095:Invalid argument", error.message, error);
  }
  if (!(error instanceof Error) || error instanceof Refusal) {
    return error;
  }
  const [, kind = "", problem = ""] = /^([A-Z][A-Za-z -]*) Error: ([^\n]*)/.exec(error.message) ?? [];
  const code = codes.get(kind);
  return code === undefined ? error : queryFailure(code, problem.trim(), error);
}

const semantic = "ODPS-0130071:[1,1] Semantic analysis exception";

/** Numbers of the service for the database's kinds of error. */
const codes: ReadonlyMap<string, string> = new Map([
  ["Binder", semantic],
  ["Catalog", semantic],
  ["Constraint", "ODPS-0121095:Invalid argument"],
  ["Conversion", "ODPS-0123091:Illegal type cast"],
  ["INTERRUPT", "ODPS-0123144:Fuxi job failed"],
  ["Invalid Input", "ODPS-0121095:Invalid argument"],
  ["Invalid Type", semantic],
  ["Mismatch Type", "ODPS-0123091:Illegal type cast"],
  ["Not implemented", semantic],
  ["Out of Memory", "ODPS-0123144:Fuxi job failed"],
  ["Out of Range", "ODPS-0121145:Data overflow"],
  ["Parser", semantic],
  ["Permission", semantic],
]);
