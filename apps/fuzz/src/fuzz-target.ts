/** What became of an input that was handled as it should be. */
export type Verdict = "taken" | "refused";

/** One parser under test. */
export interface FuzzTarget {
  readonly name: string;
  /** So many of the inputs, in proportion to the others'. */
  readonly share: number;
  /** Real inputs that the others are made from. */
  readonly seeds: readonly Uint8Array[];
  /** Bytes are found by their places, so that most changes must not move them. @default false */
  readonly isPlaced?: boolean;
  /** Words of the format, put in anywhere. */
  readonly words?: readonly string[];
  /** Makes the checksums of a changed input right again, so that it gets past them. */
  readonly repair?: (bytes: Uint8Array, seed: number) => Uint8Array;
  /** Reads an input that was made from the seed of that number. Anything that it throws is a fault that was found. */
  readonly read: (bytes: Uint8Array, seed: number) => Verdict | Promise<Verdict>;
}

/** Targets that one process runs, and the files whose branches they are to reach. */
export interface FuzzGroup {
  readonly targets: readonly FuzzTarget[];
  /** Source files, from the root of the workspace. */
  readonly files: readonly string[];
}

/** Runs a parser that may refuse with errors of its own, and with no others. */
export function refusing(isOwn: (error: unknown) => boolean, parse: () => void): Verdict {
  try {
    parse();
    return "taken";
  } catch (error) {
    if (isOwn(error)) return "refused";
    throw error;
  }
}

/** Tells errors of these classes. */
export function isOf(...classes: readonly (new (...args: never[]) => Error)[]): (error: unknown) => boolean {
  return (error) => classes.some((own) => error instanceof own);
}
