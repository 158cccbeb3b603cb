import type { UploadFilesEvent } from "@maxcompute-tunnel/files";
import type { CliIo } from "../cli-io.ts";
import type { LoadProgress } from "../report/load-progress.ts";
import { noProgress, progressEvents, showProgress } from "../report/progress-view.ts";
import type { SendFlags } from "./send-flags.ts";

/** How a load is watched. */
export interface LoadView {
  tell(event: UploadFilesEvent): void;
  close(): void;
}

/** Opens the view that the flags ask for: on a terminal for people, as JSON lines, or none. */
export function openLoadView(
  io: CliIo,
  flags: Pick<SendFlags, "progress"> & { readonly quiet?: boolean },
  read: () => LoadProgress,
): LoadView {
  if (flags.progress === "json") {
    const events = progressEvents((text) => io.stderr.write(text), io, read);
    return {
      tell: (event) => {
        const { kind, ...facts } = event;
        if (!quietEvents.has(kind)) events.tell(kind, facts);
      },
      close: events.close,
    };
  }
  const view = flags.progress === "none" || flags.quiet === true ? noProgress : showProgress(io, read);
  return { tell: () => undefined, close: view.close };
}

/** Events of each block: the stored one says all. */
const quietEvents: ReadonlySet<UploadFilesEvent["kind"]> = new Set([
  "block-sealed",
  "range-empty",
  "retried",
]);
