/** What the disk says when it does not do what it is asked. */
export const diskFaults = ["EIO", "ENOSPC", "EROFS"] as const;

export type DiskFault = (typeof diskFaults)[number];

/** Which operation of the disk fails, counted from 0 over all of them, and whether those after it fail as well. */
export interface DiskTrouble {
  readonly at: number;
  readonly fault: DiskFault;
  readonly isLasting: boolean;
}

/** Counts the operations of a disk, and says which of them are to fail. */
export class TroubledDisk {
  readonly #trouble: DiskTrouble | undefined;
  /** What was asked for, in order, such as `sync`. */
  readonly operations: string[] = [];

  constructor(trouble?: DiskTrouble) {
    this.#trouble = trouble;
  }

  /** Notes an operation. The error is what it is to fail with. */
  note(operation: string): Error | undefined {
    const index = this.operations.push(operation) - 1;
    const trouble = this.#trouble;
    if (trouble === undefined) return undefined;
    const { at, fault, isLasting } = trouble;
    if (index !== at && !(isLasting && index > at)) return undefined;
    return Object.assign(new Error(`${fault}: the disk is in trouble, ${operation}`), { code: fault });
  }

  /** Does an operation, or fails. */
  async orFail<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const error = this.note(operation);
    if (error !== undefined) throw error;
    return await work();
  }
}
