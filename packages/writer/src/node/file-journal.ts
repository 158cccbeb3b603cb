import { dirname } from "node:path";
import { WriterError } from "../errors.ts";
import { messageOf } from "../failures.ts";
import { factInWords, journalHeader, journalLine, parseJournal } from "../job/journal-text.ts";
import type { UploadFact } from "../job/upload-fact.ts";
import type { UploadJournal } from "../job/upload-journal.ts";
import { type JournalFile, type JournalFileSystem, nodeFileSystem, readWhole } from "./file-system.ts";
import { type JournalLock, lockJournal } from "./journal-lock.ts";
import { type LockProcesses, nodeProcesses } from "./lock-holder.ts";

/** What file journals stand on. */
export interface FileJournalOptions {
  /** @default the machine's files */
  readonly fileSystem?: JournalFileSystem;
  /** Who may hold a lock. @default the machine's processes */
  readonly processes?: LockProcesses;
  /** Waits before another look at a lock. @default the machine's time */
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Opens the journal of one upload in a file, or begins it, and keeps others out until it is closed.
 *
 * The file holds one line a fact, readable by a person, each with a checksum that goes on from the line before. A line
 * that was cut off at the end is dropped: what it says had not counted as written. It holds no secret.
 *
 * @throws WriterError `journal-locked`, `journal-damaged`, `journal-failed`
 */
export async function openFileJournal(
  path: string,
  options: FileJournalOptions = {},
): Promise<UploadJournal> {
  const { fileSystem = nodeFileSystem, processes = nodeProcesses, sleep } = options;
  let lock: JournalLock | undefined;
  let file: JournalFile | undefined;
  try {
    await fileSystem.makeDirectory(dirname(path));
    lock = await lockJournal(path, { fileSystem, processes, ...(sleep === undefined ? {} : { sleep }) });
    file = await fileSystem.open(path, "append");
    const bytes = await readWhole(file, maxJournalBytes);
    if (bytes === undefined) throw tooLarge(path);
    const { facts, wholeBytes, checksum } = parseJournal(bytes, path);
    if (wholeBytes < bytes.length) {
      await file.truncate(wholeBytes);
      await file.sync();
    }
    return new FileJournal({ path, fileSystem, lock, file, facts: [...facts], end: wholeBytes, checksum });
  } catch (error) {
    await file?.close().catch(() => {});
    await lock?.release().catch(() => {});
    throw error instanceof WriterError ? error : failed(path, error);
  }
}

/** Reads a journal that somebody may be writing, without keeping anybody out. */
export async function readFileJournal(
  path: string,
  fileSystem: JournalFileSystem = nodeFileSystem,
): Promise<readonly UploadFact[]> {
  let bytes: Uint8Array | undefined;
  try {
    const file = await fileSystem.open(path, "read");
    try {
      bytes = await readWhole(file, maxJournalBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw failed(path, error);
  }
  if (bytes === undefined) throw tooLarge(path);
  return parseJournal(bytes, path).facts;
}

/** Twenty thousand blocks need a sixteenth of this. */
const maxJournalBytes = 256 * 1024 * 1024;

interface FileJournalParts {
  readonly path: string;
  readonly fileSystem: JournalFileSystem;
  readonly lock: JournalLock;
  readonly file: JournalFile;
  readonly facts: UploadFact[];
  /** Where the next line goes. */
  readonly end: number;
  readonly checksum: number;
}

interface WaitingLine {
  readonly fact: UploadFact;
  readonly sync: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** Lines that come while a write is under way share the next write, and the next sync. */
class FileJournal implements UploadJournal {
  readonly #parts: FileJournalParts;
  #end: number;
  #checksum: number;
  #waiting: WaitingLine[] = [];
  #writing: Promise<void> | undefined;
  #failure: WriterError | undefined;
  /** Not before it was synced by us: whoever made the file may have died before that. */
  #isNameDurable = false;
  #isClosed = false;

  constructor(parts: FileJournalParts) {
    this.#parts = parts;
    this.#end = parts.end;
    this.#checksum = parts.checksum;
  }

  append(fact: UploadFact, { sync = false }: { readonly sync?: boolean } = {}): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isClosed) return Promise.reject(failed(this.#parts.path, "it is closed"));
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ fact, sync, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async facts(): Promise<readonly UploadFact[]> {
    return [...this.#parts.facts];
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writing;
    const { file, lock } = this.#parts;
    // What has to last was synced when it was written; a failure here must not stand for how the upload ended.
    await file.close().catch(() => {});
    await lock.release();
  }

  async #writeAll(): Promise<void> {
    // A turn for those who append together.
    await undefined;
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(lines);
      } catch (error) {
        // Whether the bytes arrived is not known, and no later line may stand behind a gap.
        this.#failure = error instanceof WriterError ? error : failed(this.#parts.path, error);
        for (const line of [...lines, ...this.#waiting]) line.reject(this.#failure);
        this.#waiting = [];
        break;
      }
      for (const { fact, resolve } of lines) {
        this.#parts.facts.push(fact);
        resolve();
      }
    }
    this.#writing = undefined;
  }

  async #write(lines: readonly WaitingLine[]): Promise<void> {
    const { file, fileSystem, lock, path } = this.#parts;
    if (lines.some((line) => line.fact.kind === "commit-intended")) await lock.check();
    const pieces: Uint8Array[] = [];
    const add = (value: unknown): void => {
      const { bytes, checksum } = journalLine(value, this.#checksum);
      pieces.push(bytes);
      this.#checksum = checksum;
    };
    if (this.#end === 0) add(journalHeader);
    for (const line of lines) add(factInWords(line.fact));
    const bytes = joined(pieces);
    await file.write(bytes, this.#end);
    this.#end += bytes.length;
    if (!lines.some((line) => line.sync)) return;
    await file.sync();
    if (!this.#isNameDurable) await fileSystem.syncDirectory(dirname(path));
    this.#isNameDurable = true;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function failed(path: string, cause: unknown): WriterError {
  return new WriterError(
    `The journal ${path} failed: ${messageOf(cause)}. Nothing more is written to it; resume the upload once this is put right`,
    { code: "journal-failed", cause },
  );
}

function tooLarge(path: string): WriterError {
  return new WriterError(`The journal ${path} is larger than any upload makes one; it is something else`, {
    code: "journal-damaged",
    line: 1,
  });
}
