export type { CliIo, Prompter, StopSignal, TerminalSink, TextSink } from "./cli-io.ts";
export {
  CliError,
  type CliErrorCode,
  type CliErrorOptions,
  type FilePosition,
  isCliError,
} from "./errors.ts";
export { exitCodes, type FailureKind } from "./exit-codes.ts";
export { nodeIo } from "./node-io.ts";
export { run } from "./run.ts";
export type { RowTransform, TransformInput, TransformOutput } from "./transform/row-transform.ts";
