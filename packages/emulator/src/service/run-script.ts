import { Refusal } from "../refusal.ts";
import { parseStatements } from "../sql/parse-statements.ts";
import { isSqlError } from "../sql/sql-error.ts";
import type { ResultRows, TaskOutcome } from "../storage/state.ts";
import { executeStatement, type StatementContext } from "./execute-statement.ts";

/** How a script ended. */
export type ScriptOutcome = Exclude<TaskOutcome, { kind: "running" | "cancelled" }>;

/**
 * Reads a whole script and runs its statements in order, up to the first that fails.
 *
 * A script that cannot be read runs nothing. What was done before a failing statement stays, as in the service. Rows
 * are those of the last query; their files belong to nobody yet.
 */
export async function runScript(sql: string, context: StatementContext): Promise<ScriptOutcome> {
  let rows: ResultRows | undefined;
  const forgetRows = (): void => {
    context.store.blocks.removeLater(rows?.segments.map(({ file }) => file) ?? []);
  };
  try {
    let text = "";
    for (const statement of parseStatements(sql)) {
      context.signal.throwIfAborted();
      const result = await executeStatement(statement, context);
      if (typeof result === "string") {
        text += result;
      } else {
        forgetRows();
        rows = result;
      }
    }
    return rows === undefined ? { kind: "success", format: "text", text } : { kind: "rows", rows };
  } catch (error) {
    forgetRows();
    if (isSqlError(error)) {
      return { kind: "failure", message: error.message };
    }
    if (error instanceof Refusal && error.status < 500) {
      return { kind: "failure", message: withNumber(error) };
    }
    if (error instanceof Refusal && error.code === "NotImplemented") {
      return { kind: "failure", message: error.message };
    }
    throw error;
  }
}

/** Clients tell failures apart by the number in front of the message. */
function withNumber({ code, message }: Refusal): string {
  return message.startsWith("ODPS-")
    ? message
    : `ODPS-0130071:[1,1] Semantic analysis exception - ${code}: ${message}`;
}
