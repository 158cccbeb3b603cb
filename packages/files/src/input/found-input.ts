/** An input that was found and can be read. Plain data, so that it may travel to a thread. */
export interface FoundInput {
  /** As it was named, or as it was found in a directory or by a pattern. */
  readonly name: string;
  /** Where it lies; `-` is standard input. */
  readonly path: string;
  /** What it was when it was found; `undefined` for a pipe, which cannot be read twice. */
  readonly file: FileState | undefined;
}

/** What tells one state of a file from another. */
export interface FileState {
  readonly size: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly modifiedMs: number;
}
