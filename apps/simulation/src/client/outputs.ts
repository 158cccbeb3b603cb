import { inspect } from "node:util";

/** Everything that a run says: log lines, errors, journals, events. */
export class Outputs {
  readonly texts: string[] = [];

  say(what: unknown): void {
    this.texts.push(typeof what === "string" ? what : JSON.stringify(what, bigintText));
  }

  /** An error in every form that it may be printed in. */
  sayError(error: unknown): void {
    this.texts.push(inspect(error, { depth: 8, showHidden: false }));
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      this.texts.push(String(cause.stack), JSON.stringify({ ...cause, cause: undefined }, bigintText));
    }
  }
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
