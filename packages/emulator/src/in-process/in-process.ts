import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assemble } from "../assemble.ts";
import { createAdjustableClock } from "../clock.ts";
import { type EmulatorOptions, type RunningEmulator, silentLogger } from "../options.ts";
import { resolveOptions } from "../resolve-options.ts";
import { stopOnce } from "../stop-once.ts";
import { fetchBy } from "./fetch-by.ts";
import { InProcessIncoming } from "./incoming.ts";
import type { InProcessAnswer, InProcessRequest } from "./message.ts";
import { InProcessOutgoing } from "./outgoing.ts";

/** How an emulator without a socket is set up: as any other, and with every power over it passed in. */
export interface InProcessOptions extends Omit<EmulatorOptions, "port" | "host" | "allowRemote" | "control"> {
  /** Milliseconds since 1970 that signatures are judged by. @default Date.now */
  readonly wallClock?: () => number;
  /** Where ids and file names come from. @default node:crypto */
  readonly randomBytes?: (length: number) => Uint8Array;
}

/** An emulator that is called instead of connected to. */
export interface InProcessEmulator extends Omit<RunningEmulator, "port"> {
  /** The platform's fetch, for requests to this emulator alone: give it to `createTransport`. */
  readonly fetch: typeof fetch;
  /**
   * Hands over one request and resolves with the head of its answer; what `fetch` does, without its classes.
   *
   * Rejects with an `ECONNRESET` when the emulator cuts the connection, as a fault rule may want it to.
   */
  send(request: InProcessRequest): Promise<InProcessAnswer>;
}

/**
 * Opens the whole service in this process, without a socket: requests are function calls.
 *
 * Routes, checks, storage, faults and limits are those of `startEmulator`; only what the HTTP parser does is missing. With
 * `clock`, `wallClock`, `randomBytes` and `fileSystem` of its own, and bodies without `deflate` and `zstd`, whose
 * decoders run in threads, it does the same thing every time. With a `fileSystem` nothing keeps a second emulator out of
 * `dataDir`.
 *
 * @throws EmulatorError when an option is wrong or the data directory cannot be used
 */
export async function openInProcessEmulator(options: InProcessOptions = {}): Promise<InProcessEmulator> {
  const resolved = resolveOptions(options);
  const { project, accessKeyId, accessKeySecret } = resolved;
  const clock = options.clock ?? createAdjustableClock();
  const undo: (() => Promise<void>)[] = [];
  const close = stopOnce(undo);
  try {
    const {
      handler,
      newId: _,
      ...service
    } = await assemble(options, resolved, {
      directory: options.dataDir ?? (await temporaryDirectory(undo)),
      clock,
      wallClock: options.wallClock ?? Date.now,
      logger: options.logger ?? silentLogger,
      randomBytes: options.randomBytes ?? randomBytes,
      ...(options.fileSystem === undefined ? {} : { lock: async () => async () => undefined }),
      undo,
    });
    undo.push(() => handler.stop());
    const send = (request: InProcessRequest): Promise<InProcessAnswer> => {
      const incoming = new InProcessIncoming(request, host);
      const outgoing = new InProcessOutgoing();
      const leave = (): void => {
        outgoing.destroy();
        incoming.destroy();
      };
      request.signal?.addEventListener("abort", leave, { once: true });
      if (request.signal?.aborted) {
        leave();
      }
      void handler
        .serve(incoming, outgoing)
        .finally(() => request.signal?.removeEventListener("abort", leave));
      return outgoing.answer;
    };
    return {
      endpoint: `http://${host}`,
      project,
      accessKeyId,
      accessKeySecret,
      clock,
      ...service,
      send,
      fetch: fetchBy(send),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nobody listens there: `.invalid` is never anybody's. */
const host = "emulator.invalid";

async function temporaryDirectory(undo: (() => Promise<void>)[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "mctunnel-emulator-"));
  undo.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
