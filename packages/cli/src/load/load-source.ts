import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { parseTimeZone } from "@maxcompute-tunnel/codec/text";
import type { FileReject, FileSourceOptions } from "@maxcompute-tunnel/files";
import type { CommandRun } from "../commands/cli-context.ts";
import { given, readingOf } from "./reading.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** What a source tells while it is read, before there is anybody to hear it. */
export class LoadWatch {
  onRead: (bytes: number) => void = () => undefined;
  onReject: (reject: FileReject) => void = () => undefined;
}

/** How the inputs of a load are read. */
export function loadSourceOptions(
  run: CommandRun,
  { flags, table }: { readonly flags: UploadFlags; readonly table: string },
  watch: LoadWatch,
): FileSourceOptions {
  const slash = table.indexOf("/");
  const { parallel: workers, blockSize: blockBytes, memory: memoryBytes = defaultMemoryBytes } = flags;
  return {
    ...readingOf(flags, slash < 0 ? undefined : table.slice(slash + 1)),
    ...given({ workers, blockBytes, memoryBytes }),
    cwd: run.io.cwd,
    compression: flags.compress ?? "auto",
    onRead: (bytes) => watch.onRead(bytes),
    onReject: (reject) => watch.onReject(reject),
  };
}

/** What a receipt says of how times and binary values were read, where columns have such types. */
export function readAs(
  columns: readonly ColumnSpec[],
  { timeZone, binary }: Pick<UploadFlags, "timeZone" | "binary">,
): { readonly timeZone: string | undefined; readonly binary: string | undefined } {
  const has = (kind: RegExp): boolean => columns.some(({ type }) => kind.test(type));
  return {
    timeZone: has(/\b(?:datetime|timestamp)\b/i) ? parseTimeZone(timeZone ?? "UTC").name : undefined,
    binary: has(/\bbinary\b/i) ? (binary ?? "base64") : undefined,
  };
}

/** With it a load stays below 300 MB with up to four threads. */
export const defaultMemoryBytes: number = 72 * 1024 * 1024;
