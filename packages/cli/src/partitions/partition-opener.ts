import { createMemoryBudget, type UploadEvent } from "@maxcompute-tunnel/writer";
import { compressorOf } from "../load/compressor-of.ts";
import { defaultMemoryBytes } from "../load/load-source.ts";
import { parallelOf, type TargetOpener } from "../load/load-target.ts";
import type { UploadFlags } from "../load/upload-flags.ts";
import { PartitionUpload } from "./partition-upload.ts";
import type { PartitionedJournal } from "./partitioned-journal.ts";

/** Gives the upload of a partition, which it opens where it is asked for first. */
export type PartitionOpener = (partition: string) => Promise<PartitionUpload>;

/** What the uploads of all partitions of a load have in common. */
export interface OpenerParts {
  /** Where they are entered, by partition, once they are opened. */
  readonly uploads: Map<string, PartitionUpload>;
  readonly target: TargetOpener;
  readonly journal: PartitionedJournal;
  readonly flags: UploadFlags;
  /** The names of the inputs. */
  readonly inputs: string;
  /** What the rows come from and how they are read, in a text that differs when they do. */
  readonly reading: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onEvent: (partition: string, event: UploadEvent) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Opens uploads of partitions that share memory, compressor and the way to the service. */
export async function partitionOpener(parts: OpenerParts): Promise<PartitionOpener> {
  const { uploads, target, journal, flags, inputs, reading, signal, now, onEvent, onFailure } = parts;
  const budget = createMemoryBudget(Math.ceil(((flags.memory ?? defaultMemoryBytes) * 3) / 4));
  const compressor = await compressorOf(flags.compress ?? "auto");
  return async (partition) => {
    const known = uploads.get(partition);
    if (known !== undefined) return known;
    const upload = new PartitionUpload(partition, {
      fingerprint: { name: inputs },
      settings: reading,
      blockBytes: flags.blockSize ?? 16 * 1024 * 1024,
      budget,
      target: target(partition),
      options: { ...journal.lane(partition), compressor, parallel: parallelOf(flags), budget, signal, now },
      onEvent: (event) => onEvent(partition, event),
    });
    uploads.set(partition, upload);
    void upload.over.then(() => {
      if (upload.failure !== undefined) onFailure(upload.failure.error);
    });
    await upload.ready();
    return upload;
  };
}
