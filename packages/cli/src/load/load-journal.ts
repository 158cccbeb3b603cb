import { join } from "node:path";
import { isWriterError, type UploadJournal } from "@maxcompute-tunnel/writer";
import { type JournalDirectory, jobFileName } from "@maxcompute-tunnel/writer/node";
import type { CliIo } from "../cli-io.ts";
import { CliError } from "../errors.ts";
import { openStateDirectory } from "../state/state-directory.ts";

/** The journal of one load, open and locked. */
export interface LoadJournal {
  /** What `mctunnel resume` finds the load by. */
  readonly name: string;
  /** Its name in the directory of journals. */
  readonly id: string;
  readonly directory: JournalDirectory;
  readonly journal: UploadJournal;
  /** The file for rejected records where none is named. */
  readonly rejectsFile: string;
  /** Whether an earlier run has begun a session: it may have stored blocks, or even committed. */
  readonly isBegun: boolean;
  /**
   * Ends this run's hold on it, and removes it when it is of no use.
   *
   * @param isOfUse whether there is anything to go on with. @default whether any run has begun a session
   */
  close(isOfUse?: boolean): Promise<void>;
}

/** Which journal a load has. */
export interface JournalChoice {
  readonly job?: string;
  readonly noJournal?: boolean;
  readonly stateDir?: string;
  /** The id of the journal to go on with. */
  readonly resumedId?: string | undefined;
}

/**
 * Opens the journal of a load: the one to resume, the job's, or a new one. Where the usual place cannot be written and
 * nobody asked for it, the load goes on without, and a warning says so.
 *
 * @throws WriterError `journal-locked` …; CliError `invalid-setting`
 */
export async function openLoadJournal(io: CliIo, choice: JournalChoice): Promise<LoadJournal | undefined> {
  const { job, noJournal, stateDir, resumedId } = choice;
  if (noJournal === true) {
    if (job === undefined) return undefined;
    throw new CliError("invalid-setting", "--job needs the journal that --no-journal turns off.");
  }
  const directory = openStateDirectory(io, stateDir);
  try {
    const { id, journal } =
      resumedId !== undefined
        ? { id: resumedId, journal: await directory.openById(resumedId) }
        : job !== undefined
          ? { id: jobFileName(job), journal: await directory.open(job) }
          : await directory.begin();
    const isBegun = await hasSession(journal);
    return {
      name: job ?? id,
      id,
      directory,
      journal,
      rejectsFile: rejectsFileOf(directory, id),
      isBegun,
      async close(said) {
        const isOfUse = said ?? (isBegun || resumedId !== undefined || (await hasSession(journal)));
        await journal.close();
        // What cannot be removed does no harm, and must not stand in the place of how the load ended.
        if (!isOfUse) await directory.remove(id).catch(() => undefined);
      },
    };
  } catch (error) {
    const isAskedFor = stateDir !== undefined || job !== undefined || resumedId !== undefined;
    if (isAskedFor || !isWriterError(error) || error.code !== "journal-failed") throw error;
    io.stderr.write(
      `warning: This load cannot be resumed, because its journal cannot be written: ${error.message}.\n`,
    );
    return undefined;
  }
}

/** Where the rejected records of a load go when no file is named for them. */
export function rejectsFileOf({ path }: JournalDirectory, id: string): string {
  return join(path, `${id}.rejects.jsonl`);
}

async function hasSession(journal: UploadJournal): Promise<boolean> {
  return (await journal.facts()).some(({ kind }) => kind === "session");
}
