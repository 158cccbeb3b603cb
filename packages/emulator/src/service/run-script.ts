import { Refusal } from "../refusal.ts";
import { parseStatements } from "../sql/parse-statements.ts";
import { isSqlError } from "../sql/sql-error.ts";
import type { TaskRecord } from "../storage/state.ts";
import { executeStatement, type StatementContext } from "./execute-statement.ts";

/** How a script ended. */
export type ScriptOutcome = TaskRecord["outcome"];

/**
 * Reads a whole script and runs its statements in order, up to the first that fails.
 *
 * A script that cannot be read runs nothing. What was done before a failing statement stays, as in the service.
 */
export async function runScript(sql: string, context: StatementContext): Promise<ScriptOutcome> {
  try {
    let text = "";
    for (const statement of parseStatements(sql)) {
      text += await executeStatement(statement, context);
    }
    return { kind: "success", format: "text", text };
  } catch (error) {
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
