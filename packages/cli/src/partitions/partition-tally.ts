import type { UploadFilesEvent } from "@maxcompute-tunnel/files";
import type { UploadEvent } from "@maxcompute-tunnel/writer";
import type { LoadPhase, LoadProgress } from "../report/load-progress.ts";
import type { PartitionUpload } from "./partition-upload.ts";

/** Counts what a load into several partitions does. */
export class PartitionTally {
  phase: LoadPhase = "loading";
  readBytes = 0;
  rejected = 0;
  /** Rows of each input, by its index. */
  readonly inputRows: Map<number, number> = new Map();
  /** Told of every event of a partition, with the partition's name in it. */
  tell: (event: UploadFilesEvent & { readonly partition: string }) => void = () => undefined;
  #rows = 0;
  readonly #totalBytes: number | undefined;
  readonly #uploads: ReadonlyMap<string, PartitionUpload>;

  constructor(totalBytes: number | undefined, uploads: ReadonlyMap<string, PartitionUpload>) {
    this.#totalBytes = totalBytes;
    this.#uploads = uploads;
  }

  read(bytes: number): void {
    this.readBytes += bytes;
  }

  countInput(input: number, rows: number): void {
    this.#rows += rows;
    this.inputRows.set(input, (this.inputRows.get(input) ?? 0) + rows);
  }

  hear(partition: string, event: UploadEvent): void {
    this.tell({ ...event, partition });
  }

  get progress(): LoadProgress {
    const uploads = [...this.#uploads.values()];
    const sum = (of: (upload: PartitionUpload) => number): number =>
      uploads.reduce((total, upload) => total + of(upload), 0);
    return {
      phase: this.phase,
      rows: this.#rows,
      readBytes: this.readBytes,
      totalBytes: this.#totalBytes,
      sentBytes: sum(({ sentBytes }) => sentBytes),
      blocks: sum(({ storedBlocks, keptBlocks }) => storedBlocks + keptBlocks),
      blocksInFlight: sum(({ lane, storedBlocks }) => lane.taken - storedBlocks),
      retries: sum(({ retries }) => retries),
      rejected: this.rejected,
    };
  }
}
