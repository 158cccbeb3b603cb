import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { isWriterError, WriterError } from "../errors.ts";
import { checkJobName } from "../job/job-name.ts";
import type { JsonValue, UploadFact, UploadRefusal } from "../job/upload-fact.ts";
import type { JournalStore, UploadJournal } from "../job/upload-journal.ts";
import type { UploadPhase } from "../job/upload-phase.ts";
import { recordOf, totalsOf, type UploadRecord } from "../job/upload-record.ts";
import { type FileJournalOptions, openFileJournal, readFileJournal } from "./file-journal.ts";
import { nodeFileSystem } from "./file-system.ts";
import { holderAmong, type JournalLock, lockJournal, lockNamesByJournal } from "./journal-lock.ts";
import { nodeProcesses } from "./lock-holder.ts";

/** What the journal of one upload says in short. */
export interface JournalSummary {
  /** Names the journal in its directory. */
  readonly id: string;
  readonly path: string;
  readonly job?: string;
  /** `project.table` or `project.schema.table`. */
  readonly table?: string;
  readonly partition?: string;
  readonly overwrite: boolean;
  /** What the caller wrote down when the upload began. */
  readonly details?: JsonValue;
  readonly phase: UploadPhase["kind"];
  /** Why it could not go on when that was last tried, though no commit of its own is in doubt. */
  readonly refusal?: UploadRefusal;
  readonly sessionId?: string;
  readonly expiresAt?: Date;
  /** Blocks complete and about to be sent, or sent. */
  readonly blocksSealed: number;
  /** Blocks that the server has acknowledged. */
  readonly blocksStored: number;
  /** Rows in the acknowledged blocks. */
  readonly rows: number;
  /** Encoded bytes of the acknowledged blocks, before compression. */
  readonly bytes: number;
  readonly rejected: number;
  readonly startedAt?: Date;
  readonly updatedAt?: Date;
  /** The process that has it open. `unknown` holders are on other machines. */
  readonly holder?: { readonly pid: number; readonly host: string };
  /** Why it cannot be read; then nothing else is known. */
  readonly damage?: WriterError;
}

/** Which journals are meant; every member that is given has to fit. */
export interface JournalFilter {
  readonly id?: string;
  readonly job?: string;
  readonly sessionId?: string;
  /** As in {@link JournalSummary.table}, in any case. */
  readonly table?: string;
}

/** A directory with the journals of many uploads. */
export interface JournalDirectory extends JournalStore {
  readonly path: string;
  /** Begins a journal without a job. */
  begin(): Promise<{ readonly id: string; readonly journal: UploadJournal }>;
  /** Opens a journal by its id. @throws WriterError `nothing-to-resume`, and as `open` */
  openById(id: string): Promise<UploadJournal>;
  /** Reads what the journals say, the newest first; keeps nobody out and changes nothing. */
  list(filter?: JournalFilter): Promise<readonly JournalSummary[]>;
  /** All facts of one journal, in order. @throws WriterError `nothing-to-resume`, `journal-damaged` */
  read(id: string): Promise<readonly UploadFact[]>;
  /**
   * The journals that {@link purge} would remove: nobody has them open, nothing was added for so long, and no commit is
   * in doubt. A job whose journal is gone is forgotten, so that it can be run again.
   */
  purgeable(olderThanMs: number): Promise<readonly JournalSummary[]>;
  /** Removes old journals, and says which; one that somebody opens meanwhile stays. */
  purge(olderThanMs: number): Promise<readonly JournalSummary[]>;
  /** Removes one journal, whatever it says. @throws WriterError `journal-locked` when somebody has it open */
  remove(id: string): Promise<void>;
}

/** What journal directories stand on. */
export interface JournalDirectoryOptions extends FileJournalOptions {
  /** Milliseconds since 1970. @default the machine's */
  readonly now?: () => number;
}

/** Keeps journals in a directory, one file an upload. Nothing is read or made before it is needed. */
export function journalDirectory(path: string, options: JournalDirectoryOptions = {}): JournalDirectory {
  const { fileSystem = nodeFileSystem, processes = nodeProcesses, now = Date.now } = options;
  const pathOf = (id: string): string => join(path, `${id}${extension}`);
  const known = async (id: string): Promise<string> => {
    if (isId(id) && (await names()).includes(`${id}${extension}`)) return pathOf(id);
    throw new WriterError(`There is no journal ${JSON.stringify(id.slice(0, 80))} in ${path}`, {
      code: "nothing-to-resume",
    });
  };
  const names = (): Promise<readonly string[]> =>
    fileSystem.list(path).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    });

  const directory: JournalDirectory = {
    path,
    open: async (job) => openFileJournal(pathOf(jobFileName(job)), options),
    async begin() {
      const time = new Date(now())
        .toISOString()
        .replace(/[-:]|\.\d+/gu, "")
        .toLowerCase();
      const id = `upload-${time}-${randomBytes(4).toString("hex")}`;
      return { id, journal: await openFileJournal(pathOf(id), options) };
    },
    openById: async (id) => openFileJournal(await known(id), options),
    async list(filter = {}) {
      const summaries: JournalSummary[] = [];
      const listed = await names();
      const locks = lockNamesByJournal(listed);
      for (const name of listed) {
        if (!name.endsWith(extension)) continue;
        const id = name.slice(0, -extension.length);
        if (filter.id !== undefined && filter.id !== id) continue;
        const summary = await summarise(id, locks.get(name) ?? []);
        if (summary !== undefined && fits(summary, filter)) summaries.push(summary);
      }
      return summaries.sort((a, b) => timeOf(b) - timeOf(a));
    },
    read: async (id) => readFileJournal(await known(id), fileSystem),
    async purgeable(olderThanMs) {
      const before = now() - olderThanMs;
      return (await directory.list()).filter(
        (summary) =>
          summary.holder === undefined &&
          summary.damage === undefined &&
          summary.phase !== "committing" &&
          summary.phase !== "in-doubt" &&
          timeOf(summary) < before,
      );
    },
    async purge(olderThanMs) {
      const removed: JournalSummary[] = [];
      for (const summary of await directory.purgeable(olderThanMs)) {
        try {
          await directory.remove(summary.id);
          removed.push(summary);
        } catch (error) {
          if (!isWriterError(error) || error.code !== "journal-locked") throw error;
        }
      }
      return removed;
    },
    async remove(id) {
      const journalPath = await known(id);
      const lock = await lockOf(journalPath);
      try {
        await fileSystem.remove(journalPath);
      } finally {
        await lock.release();
      }
    },
  };

  const lockOf = (journalPath: string): Promise<JournalLock> =>
    lockJournal(journalPath, { fileSystem, processes, ...given(options.sleep) });

  async function summarise(id: string, lockNames: readonly string[]): Promise<JournalSummary | undefined> {
    const journalPath = pathOf(id);
    const holder = await holderAmong(lockNames, journalPath, { fileSystem, processes });
    const base = { id, path: journalPath, ...(holder && { holder: { pid: holder.pid, host: holder.host } }) };
    try {
      const facts = await readFileJournal(journalPath, fileSystem);
      return { ...base, ...summaryOf(recordOf(facts)) };
    } catch (error) {
      if (!isWriterError(error)) throw error;
      if (error.code === "journal-failed") return undefined;
      return { ...base, ...nothingKnown, damage: error };
    }
  }

  return directory;
}

/**
 * The file name of a job's journal: what is plain of its name, for people, and a digest of all of it, so that no two
 * jobs share a file, on a disk without upper and lower case either.
 */
export function jobFileName(job: string): string {
  const name = checkJobName(job);
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 48);
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 20);
  return `job-${plain === "" ? "" : `${plain}-`}${digest}`;
}

const extension = ".journal";

function isId(id: string): boolean {
  return /^[\w-]{1,200}$/u.test(id);
}

const nothingKnown = {
  phase: "new",
  overwrite: false,
  blocksSealed: 0,
  blocksStored: 0,
  rows: 0,
  bytes: 0,
  rejected: 0,
} as const;

function summaryOf(record: UploadRecord): Omit<JournalSummary, "id" | "path"> {
  const { begun, phase, blocks, emptyRanges, updatedAt } = record;
  // The server has every block of a commit, also one whose answer was lost.
  const isCommitted = phase.kind === "committed";
  const stored = [...blocks.values()].filter((block) => isCommitted || block.stored !== undefined);
  const session = phase.kind === "new" ? undefined : phase.session;
  const { job, table, partition, details } = begun ?? {};
  return {
    ...nothingKnown,
    ...totalsOf(stored, emptyRanges),
    phase: phase.kind,
    ...(phase.kind === "open" && phase.refusal && { refusal: phase.refusal.reason }),
    overwrite: begun?.overwrite ?? false,
    blocksSealed: blocks.size,
    blocksStored: stored.length,
    ...(job === undefined ? {} : { job }),
    ...(table && {
      table: [table.project, table.schema, table.table].filter((part) => part !== undefined).join("."),
    }),
    ...(partition === undefined ? {} : { partition }),
    ...(details === undefined ? {} : { details }),
    ...(session && { sessionId: session.sessionId }),
    ...(session?.expiresAt === undefined ? {} : { expiresAt: new Date(session.expiresAt) }),
    ...(begun && { startedAt: new Date(begun.at) }),
    ...(updatedAt === undefined ? {} : { updatedAt: new Date(updatedAt) }),
  };
}

function fits(summary: JournalSummary, { job, sessionId, table }: JournalFilter): boolean {
  if (job !== undefined && summary.job !== job.normalize("NFC")) return false;
  if (sessionId !== undefined && summary.sessionId !== sessionId) return false;
  return table === undefined || summary.table?.toLowerCase() === table.toLowerCase();
}

function timeOf({ updatedAt, startedAt }: JournalSummary): number {
  return (updatedAt ?? startedAt)?.getTime() ?? 0;
}

function given(sleep: FileJournalOptions["sleep"]): { readonly sleep?: (ms: number) => Promise<void> } {
  return sleep === undefined ? {} : { sleep };
}
