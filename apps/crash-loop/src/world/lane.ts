import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorProcess, type EmulatorWorld, startEmulatorProcess } from "../emulator-process.ts";
import type { UploadOrder } from "./client.ts";
import { type Gate, startGate } from "./gate.ts";
import type { SourceFile } from "./source-file.ts";
import { createSourceTable } from "./table.ts";

/** An emulator in a process, behind a gate, with a directory for everything; disasters happen in it one by one. */
export interface Lane extends AsyncDisposable {
  readonly directory: string;
  readonly gate: Gate;
  readonly emulator: EmulatorProcess;
  /** Kills the emulator; clients find nobody. */
  killEmulator(): Promise<void>;
  /** Starts it again on what it left; it may be in another world then. */
  startEmulator(world?: EmulatorWorld): Promise<void>;
  /** Makes a table and a state directory, and the order to upload a source into it. */
  order(table: string, source: SourceFile): Promise<Omit<UploadOrder, "parallel" | "blockBytes">>;
}

/** Prepares a lane. What is in its directory stays when `keep` says so at the end. */
export async function openLane(
  keep: () => boolean,
  { dataDirectory, ...world }: EmulatorWorld & { readonly dataDirectory?: string } = {},
): Promise<Lane> {
  const directory = await mkdtemp(join(tmpdir(), "mctunnel-disasters-"));
  // Most of a round is programs that start; what Node has compiled once it need not compile again.
  process.env["NODE_COMPILE_CACHE"] ??= join(
    tmpdir(),
    `mctunnel-disasters-compiled-${process.getuid?.() ?? 0}`,
  );
  const gate = await startGate();
  let emulator: EmulatorProcess;
  const start = async (itsWorld: EmulatorWorld = world): Promise<void> => {
    emulator = await startEmulatorProcess(dataDirectory ?? join(directory, "emulator"), itsWorld);
    gate.upstream = emulator.endpoint;
  };
  await start();
  return {
    directory,
    gate,
    get emulator() {
      return emulator;
    },
    async killEmulator() {
      gate.upstream = undefined;
      await emulator.kill();
    },
    startEmulator: start,
    async order(table, source) {
      await createSourceTable(emulator, table, source.partitions.length > 0);
      const stateDir = join(directory, "state", table);
      await mkdir(stateDir, { recursive: true });
      const { project, accessKeyId, accessKeySecret } = emulator;
      const { endpoint } = gate;
      return { endpoint, project, accessKeyId, accessKeySecret, table, files: [source.path], stateDir };
    },
    async [Symbol.asyncDispose]() {
      await emulator.kill();
      await gate[Symbol.asyncDispose]();
      if (!keep()) await rm(directory, { recursive: true, force: true });
    },
  };
}
