import type {
  BlockSource,
  RunUploadOptions,
  UploadEvent,
  UploadReceipt,
  UploadTarget,
} from "@maxcompute-tunnel/writer";
import { runUpload } from "@maxcompute-tunnel/writer";
import { AutoCompression } from "./compress/auto-compression.ts";
import type { CompressionVerdict } from "./compress/compression-policy.ts";
import { type FileSource, openFileSource } from "./file-source.ts";
import type { FileInput, FileSourceOptions } from "./options.ts";

/** How files are uploaded: how they are read, and how the upload is run. */
export interface UploadFilesOptions
  extends FileSourceOptions,
    Omit<RunUploadOptions, "compressor" | "onEvent"> {
  /** Told what happens. When it throws before the commit, the upload stops. */
  readonly onEvent?: (event: UploadFilesEvent) => void;
}

/** Something that happened in an upload of files. */
export type UploadFilesEvent =
  | UploadEvent
  /** `compression: "auto"` has decided, and by what it measured. */
  | ({ readonly kind: "compression-decided" } & CompressionVerdict);

/**
 * Uploads files into a table or partition and commits them: everything or nothing.
 *
 * @throws FilesError for what is wrong with the files, with the place; WriterError and the errors of the session and the
 *   transport for the rest, as {@link runUpload} does
 */
export async function uploadFiles(
  target: UploadTarget,
  inputs: readonly (string | FileInput)[],
  options: UploadFilesOptions = {},
): Promise<UploadReceipt> {
  const source = await openFileSource(inputs, options);
  return await uploadSource(target, source, options);
}

/** The same for a source that is open already; it is closed in the end. */
export async function uploadSource(
  target: UploadTarget,
  source: FileSource,
  options: UploadFilesOptions = {},
): Promise<UploadReceipt> {
  const { compression, onEvent, ...rest } = options;
  if (compression !== "auto")
    return await runUpload(target, source, { ...rest, ...(onEvent && { onEvent }) });
  const auto = new AutoCompression({
    threads: source.threads,
    encoded: () => ({ bytes: source.progress.bytes, ms: source.progress.encodeMs }),
    now: () => performance.now(),
    use: async (verdict) => {
      await source.useCompression(verdict);
      onEvent?.({ kind: "compression-decided", ...verdict });
    },
  });
  let failure: { readonly error: unknown } | undefined;
  const checkFailure = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  const observed: BlockSource = {
    fingerprint: source.fingerprint,
    settings: source.settings,
    async *blocks(request) {
      for await (const block of source.blocks(request)) {
        checkFailure();
        await auto.note(block);
        yield block;
      }
    },
    close: () => source.close(),
  };
  return await runUpload(target, observed, {
    ...rest,
    onEvent(event) {
      checkFailure();
      onEvent?.(event);
      auto.hear(event).catch((error: unknown) => {
        failure = { error };
      });
    },
  });
}
