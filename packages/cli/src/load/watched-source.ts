import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { FileSource } from "@maxcompute-tunnel/files";

/** What is to happen when a source is read. */
export interface SourceWatch {
  /** Awaited before the first block of each reading. */
  readonly beforeBlocks: (columns: readonly ColumnSpec[]) => Promise<void>;
  /** Told once of each thing that may go wrong with inputs and columns such as these. */
  readonly onWarning: ((warning: string) => void) | undefined;
}

/** The same source, which tells of its being read. */
export function watchedSource(source: FileSource, { beforeBlocks, onWarning }: SourceWatch): FileSource {
  let isWarned = onWarning === undefined;
  return {
    fingerprint: source.fingerprint,
    settings: source.settings,
    totalBytes: source.totalBytes,
    threads: source.threads,
    get progress() {
      return source.progress;
    },
    formats: () => source.formats(),
    plan: (columns) => source.plan(columns),
    useCompression: (decided) => source.useCompression(decided),
    async *blocks(request) {
      await beforeBlocks(request.columns);
      if (!isWarned) {
        isWarned = true;
        const { warnings } = await source.plan(request.columns);
        for (const warning of warnings) onWarning?.(warning);
      }
      yield* source.blocks(request);
    },
    close: () => source.close(),
    [Symbol.asyncDispose]: () => source.close(),
  };
}
