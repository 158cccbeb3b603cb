/** What one run did and took. */
export interface Sample {
  readonly seconds: number;
  /** Processor time of the contender, its own and the system's on its behalf. */
  readonly cpuSeconds: number;
  readonly rows: number;
  /** Bytes that the run is measured by: of what was read or written, as the suite says. */
  readonly bytes: number;
}

/** One turn that counts, of one or more runs, and how quiet the machine was meanwhile. */
export interface Run extends Sample {
  readonly round: number;
  /** Processor time of the server that took part, when one did. */
  readonly serverCpuSeconds?: number;
  /** Cores that neither the contender, its server nor the benchmark itself used, but something else. */
  readonly otherCores: number;
  /** How much longer than usual a fixed loop took around the run; 1 is not at all. */
  readonly slowdown: number;
  readonly noisy: boolean;
}

/** A contender's line: its runs, or why it has none. */
export interface Line {
  readonly id: string;
  readonly label: string;
  /** What the contender says it is, such as the version of a client. */
  readonly version?: string;
  /** CRC-32 of what one run wrote. */
  readonly checksum?: string;
  /** Rows and bytes of that run; the bytes also after compression. */
  readonly checked?: { readonly rows: number; readonly bytes: number; readonly packedBytes?: number };
  readonly runs: readonly Run[];
  /** The most memory that was resident in the contender's process. */
  readonly peakBytes?: number;
  readonly skipped?: string;
}
