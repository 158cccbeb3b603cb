import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { EmulatorError } from "../errors.ts";
import type { EmulatorLogger } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { idMaker, type NewId, type RandomBytes } from "../server/ids.ts";
import { applyChange } from "./apply-change.ts";
import { needsSweep } from "./apply-session-change.ts";
import { type BlockFiles, openBlockFiles } from "./block-files.ts";
import type { Change } from "./change.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { FileSystem } from "./file-system.ts";
import { type Journal, openJournal } from "./journal.ts";
import { snapshotChanges } from "./snapshot.ts";
import { emptyState, type State } from "./state.ts";

/** Everything the emulator keeps: state in memory, changes in the journal, blocks in files. */
export interface Store {
  /** What is durable now. Read it synchronously; it changes between awaits. */
  readonly state: State;
  readonly blocks: BlockFiles;
  /** Makes an id for something new that is kept. */
  readonly newId: NewId;
  /**
   * Makes a change durable and applies it.
   *
   * @throws Refusal when the state does not allow it; a system error when it could not be written
   */
  submit(change: Change): Promise<void>;
  /**
   * Runs work that may outlive the request it began with. Closing aborts its signal and waits for it.
   *
   * Resolves and rejects as the work does; nobody has to look.
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly directory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: EmulatorLogger;
  /** See the journal's option of that name. */
  readonly compactAtBytes?: number;
  /** Keeps others out of the directory, and returns what lets go of it. @default lock files of the machine */
  readonly lock?: (directory: string) => Promise<() => Promise<void>>;
  /** Where ids and file names come from. @default node:crypto */
  readonly randomBytes?: RandomBytes;
}

const sweepEveryMs = 60_000;

/**
 * Opens a data directory, and makes it where there is none.
 *
 * @throws EmulatorError when it is in use, damaged or cannot be written
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, fileSystem, clock, logger } = options;
  await usable(directory, () => fileSystem.makeDirectory(directory));
  // Where the directory above may not be looked into, its name was there before.
  await fileSystem.syncDirectory(dirname(directory)).catch(() => undefined);
  const unlock = await usable(directory, () => (options.lock ?? lockDirectory)(directory));
  const state = emptyState();
  let blocks: BlockFiles | undefined;
  let journal: Journal<Change, void> | undefined;
  try {
    journal = await usable(directory, () =>
      openJournal<Change, void>({
        fileSystem,
        path: join(directory, "journal.jsonl"),
        apply: (change) => {
          const released = applyChange(state, change);
          // While the journal is read back there is nothing to remove yet: opening the files does that.
          blocks?.removeLater(released);
        },
        snapshot: () => snapshotChanges(state),
        onCompactionFailed: (error) => logger.warn({ error }, "journal not compacted"),
        ...(options.compactAtBytes === undefined ? {} : { compactAtBytes: options.compactAtBytes }),
      }),
    );
    blocks = await usable(directory, () => openFiles(state, options));
  } catch (error) {
    await journal?.close();
    await unlock();
    throw error;
  }

  const changes = journal;
  const files = blocks;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  let closed: Promise<void> | undefined;
  let cancelSweep: () => void;
  const submit = (change: Change): Promise<void> => {
    if (closed !== undefined) {
      return Promise.reject(new Refusal("ServiceUnavailable", "The emulator is stopping."));
    }
    return changes.append(change);
  };
  const sweep = (): void => {
    if (needsSweep(state, clock.now())) {
      submit({ kind: "sweep", at: clock.now() }).catch((error: unknown) =>
        logger.warn({ error }, "expired sessions not removed"),
      );
    }
    cancelSweep = clock.schedule(sweepEveryMs, sweep);
  };
  sweep();

  return {
    state,
    blocks: files,
    newId: idMaker(options.randomBytes ?? randomBytes),
    submit,
    run(work) {
      const result = work(closing.signal);
      const settled = result.then(ignore, ignore).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return result;
    },
    close() {
      cancelSweep();
      closed ??= (async () => {
        closing.abort();
        await Promise.all(underWay);
        await changes.close();
        await files.settle();
        await unlock();
      })();
      return closed;
    },
  };
}

function ignore(): void {}

/** @throws EmulatorError when a file that the state refers to is missing */
async function openFiles(state: State, options: StoreOptions): Promise<BlockFiles> {
  const wanted = new Set(state.files.keys());
  const { directory, fileSystem } = options;
  const { files, missing } = await openBlockFiles({
    fileSystem,
    directory: join(directory, "blocks"),
    wanted,
    randomBytes: options.randomBytes ?? randomBytes,
  });
  if (missing.length > 0) {
    throw new EmulatorError(
      "data-directory-unusable",
      `Data directory ${directory} lacks ${missing.length} block files, such as ${missing[0]}.block`,
    );
  }
  return files;
}

/** Names the directory in whatever the file system complains about. */
async function usable<T>(directory: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof EmulatorError) {
      throw cause;
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmulatorError(
      "data-directory-unusable",
      `Data directory ${directory} cannot be used: ${reason}`,
      {
        cause,
      },
    );
  }
}
