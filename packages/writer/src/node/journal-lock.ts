import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WriterError } from "../errors.ts";
import { type JournalFileSystem, readWhole } from "./file-system.ts";
import { type LockHolder, type LockProcesses, parseHolder } from "./lock-holder.ts";

/** The right to write a journal, until it is released. */
export interface JournalLock {
  /** @throws WriterError `journal-locked` when somebody has removed the lock */
  check(): Promise<void>;
  /** Never fails: a lock whose file cannot be removed keeps nobody out. */
  release(): Promise<void>;
}

/** What locks are made with. */
export interface LockParts {
  readonly fileSystem: JournalFileSystem;
  readonly processes: LockProcesses;
  /** Waits between two looks at somebody who may be stepping back. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/**
 * Takes the lock of a journal.
 *
 * Everybody who tries makes a lock file of their own; who then finds no other's beside it has the journal. So the later
 * of two always sees the earlier, and what a killed process left can be removed without ever taking away somebody
 * else's. Of two who come at the same moment and see each other, the one with the smaller name stays and the other
 * steps back.
 *
 * A holder on another machine cannot be looked at: such a lock is believed until somebody removes it.
 *
 * @throws WriterError `journal-locked`
 */
export async function lockJournal(journalPath: string, parts: LockParts): Promise<JournalLock> {
  const { fileSystem, processes, sleep = (ms: number) => wait(ms) } = parts;
  const directory = dirname(journalPath);
  const mine = lockPrefix(journalPath) + randomUUID();
  const path = join(directory, mine);
  await writeWhole(fileSystem, path, JSON.stringify(await processes.self()));
  const release = async (): Promise<void> => {
    // A disk that does not let go of the file must not keep the next run of this process out.
    givenUp.add(path);
    await fileSystem.remove(path).then(
      () => givenUp.delete(path),
      () => {},
    );
  };
  try {
    for (let attempt = 0; ; attempt += 1) {
      const other = await otherHolder(await fileSystem.list(directory), journalPath, mine, parts);
      if (other === undefined) break;
      // Whoever came first has stopped looking, and stays however often we look.
      if (other.name < mine || attempt === patience) throw locked(journalPath, other);
      await sleep(25 * (attempt + 1));
    }
  } catch (error) {
    await release();
    throw error;
  }
  return {
    async check() {
      if ((await fileSystem.list(directory)).includes(mine)) return;
      throw new WriterError(
        `The lock of the journal ${journalPath} has been taken away; another process may be running this upload`,
        { code: "journal-locked" },
      );
    },
    release,
  };
}

/** The lock files among the names of a directory, by the file name of the journal that they lock. */
export function lockNamesByJournal(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const locks = new Map<string, string[]>();
  for (const name of names) {
    const end = name.lastIndexOf(lockMark);
    if (end < 0) continue;
    const journal = name.slice(0, end);
    const known = locks.get(journal);
    if (known === undefined) locks.set(journal, [name]);
    else known.push(name);
  }
  return locks;
}

/** Who holds the lock of a journal, given the names of its lock files, for listings; nothing is changed. */
export async function holderAmong(
  lockNames: readonly string[],
  journalPath: string,
  parts: LockParts,
): Promise<LockHolder | undefined> {
  return (await otherHolder(lockNames, journalPath, undefined, parts))?.holder;
}

const patience = 5;

/** Locks that this process has released, and whose files the disk would not remove. */
const givenUp: Set<string> = /*@__PURE__*/ new Set();

interface OtherHolder {
  readonly name: string;
  readonly path: string;
  readonly holder: LockHolder;
  readonly running: "yes" | "unknown";
}

/** Somebody else who has a lock and may be running. With a lock of our own, those of ended processes are removed. */
async function otherHolder(
  names: readonly string[],
  journalPath: string,
  mine: string | undefined,
  { fileSystem, processes }: LockParts,
): Promise<OtherHolder | undefined> {
  const directory = dirname(journalPath);
  const prefix = lockPrefix(journalPath);
  for (const name of [...names].sort()) {
    if (!name.startsWith(prefix) || name === mine || name.endsWith(unfinished)) continue;
    const path = join(directory, name);
    const text = await readText(fileSystem, path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    // A lock is never seen unfinished, so that one without a holder is no lock.
    const running = holder === undefined || givenUp.has(path) ? "no" : await processes.isRunning(holder);
    if (holder !== undefined && running !== "no") return { name, path, holder, running };
    if (mine === undefined) continue;
    await fileSystem.remove(path);
    givenUp.delete(path);
  }
  return undefined;
}

const lockMark = ".lock.";
const unfinished = ".new";

function lockPrefix(journalPath: string): string {
  return basename(journalPath) + lockMark;
}

/** Makes a file that nobody ever sees without its content. */
async function writeWhole(fileSystem: JournalFileSystem, path: string, text: string): Promise<void> {
  const file = await fileSystem.open(path + unfinished, "create");
  try {
    try {
      await file.write(new TextEncoder().encode(text), 0);
    } finally {
      await file.close();
    }
    await fileSystem.rename(path + unfinished, path);
  } catch (error) {
    await fileSystem.remove(path + unfinished).catch(() => {});
    throw error;
  }
}

/** The text of a small file; `undefined` when it is gone. */
async function readText(fileSystem: JournalFileSystem, path: string): Promise<string | undefined> {
  try {
    const file = await fileSystem.open(path, "read");
    try {
      return new TextDecoder().decode(await readWhole(file, 4096));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function locked(journalPath: string, { holder, running, path }: OtherHolder): WriterError {
  const { pid, host } = holder;
  const who =
    running === "yes"
      ? `process ${pid} is running this upload; wait for it, or end it`
      : `process ${pid} on ${host} holds its lock, and cannot be looked at from here; if it has ended, remove ${path}`;
  return new WriterError(`The journal ${journalPath} is in use: ${who}`, { code: "journal-locked" });
}
