import { FilesError } from "../errors.ts";
import type { EncodedReject } from "../format/format.ts";
import type { FileReject, RejectLimit } from "../reject.ts";

/** Where a block's records stand in their input. */
export interface BlockPlace {
  readonly file: string;
  /** Lines and records of the input before the block. */
  readonly lines: number | undefined;
  readonly records: number;
  readonly unit: "bytes" | "rows";
}

/** Keeps count of what is left out of a whole load, tells of it in order, and says when it is too much. */
export class RejectBook {
  readonly #limit: RejectLimit;
  readonly #onReject: ((reject: FileReject) => void) | undefined;
  #rejected: number;
  #records = 0;

  /** @param alreadyRejected records that an earlier run of the same load has left out */
  constructor(limit: RejectLimit, onReject: ((reject: FileReject) => void) | undefined, alreadyRejected = 0) {
    this.#limit = limit;
    this.#onReject = onReject;
    this.#rejected = alreadyRejected;
  }

  get rejected(): number {
    return this.#rejected;
  }

  /** Counts records that made rows or were told of in an earlier run. */
  countRecords(records: number): void {
    this.#records += records;
  }

  /** @throws FilesError `bad-record` where none are allowed, `too-many-rejects` at the first one above the limit */
  note(rejects: readonly EncodedReject[], place: BlockPlace): void {
    for (const reject of rejects) {
      this.#records += 1;
      this.#rejected += 1;
      const told: FileReject = {
        ...reject,
        file: place.file,
        line: place.lines === undefined ? undefined : place.lines + reject.line + 1,
        record: place.records + reject.record,
        ...(place.unit === "rows" ? { byteOffset: place.records + reject.record, isRow: true } : {}),
      };
      this.#onReject?.(told);
      if (typeof this.#limit === "number" && this.#rejected > this.#limit) throw this.#tooMany(told);
    }
  }

  /** To be called after the last record: only now is a share of all records known. */
  finish(): void {
    if (typeof this.#limit === "number") return;
    const share = Number(this.#limit.slice(0, -1)) / 100;
    if (this.#rejected <= share * this.#records) return;
    throw new FilesError(
      "too-many-rejects",
      `${this.#rejected} of ${this.#records} records were rejected, which is more than ${this.#limit}.`,
    );
  }

  #tooMany(last: FileReject): FilesError {
    const column = last.column === undefined ? "" : ` column ${last.column}:`;
    const character = last.character === undefined ? "" : `:${last.character}`;
    const far = last.isRow === true ? ` row ${last.record + 1}` : `byte ${last.byteOffset}`;
    const where = last.line === undefined ? far : `${last.line}${character}`;
    const said = `${last.file}:${where}:${column} expected ${last.reason}, got ${last.value}`;
    const facts = {
      position: {
        file: last.file,
        line: last.line,
        character: last.character,
        ...(last.isRow === true ? { row: last.record } : { byteOffset: last.byteOffset }),
      },
      column: last.column,
      reject: last,
    };
    if (this.#limit === 0) return new FilesError("bad-record", `${said}.`, facts);
    return new FilesError(
      "too-many-rejects",
      `${said}; this is reject ${this.#rejected}, and ${this.#limit} are allowed.`,
      facts,
    );
  }
}

/** @throws FilesError `invalid-option` */
export function checkRejectLimit(limit: RejectLimit): RejectLimit {
  const isNumber =
    typeof limit === "number" &&
    limit >= 0 &&
    (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY);
  const share =
    typeof limit === "string" && /^\d+(\.\d+)?%$/.test(limit) ? Number(limit.slice(0, -1)) : undefined;
  if (isNumber || (share !== undefined && share <= 100)) return limit;
  throw new FilesError(
    "invalid-option",
    `Expected maxRejects to be a count or a share such as "0.5%", got ${limit}`,
  );
}
