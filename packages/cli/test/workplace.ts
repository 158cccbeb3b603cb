import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { run } from "../src/run.ts";
import { type RecordingIo, recordingIo } from "./recording-io.ts";

/** A folder, an emulator and a way to run commands with both. */
export interface Workplace {
  readonly emulator: RunningEmulator;
  readonly folder: string;
  /** Environment that points a command at the emulator. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file into the folder and gives its name. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  /** Runs a command line in this process. */
  readonly mctunnel: (...argv: string[]) => Promise<Outcome>;
  /** The same with another world. */
  readonly mctunnelIn: (io: Parameters<typeof recordingIo>[0], ...argv: string[]) => Promise<Outcome>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a command ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly io: RecordingIo;
}

/** Starts an emulator with the project `proj` and these tables. */
export async function startWorkplace(
  tables: readonly string[],
  options: EmulatorOptions = {},
): Promise<Workplace> {
  const folder = mkdtempSync(join(tmpdir(), "mctunnel-test-"));
  const emulator = await startEmulator({
    project: "proj",
    accessKeyId: "test-id",
    accessKeySecret: "test-secret",
    tables,
    ...options,
  });
  const env = {
    ODPS_ENDPOINT: emulator.endpoint,
    ODPS_ACCESS_ID: emulator.accessKeyId,
    ODPS_ACCESS_KEY: emulator.accessKeySecret,
  };
  const mctunnelIn: Workplace["mctunnelIn"] = async (world, ...argv) => {
    const io = recordingIo({ env, cwd: folder, homeDirectory: folder, ...world });
    const exitCode = await run(argv, io);
    return { exitCode, out: io.out(), err: io.err(), io };
  };
  return {
    emulator,
    folder,
    env,
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return name;
    },
    mctunnel: (...argv) => mctunnelIn({}, ...argv),
    mctunnelIn,
    [Symbol.asyncDispose]: async () => {
      await emulator.close();
      rmSync(folder, { recursive: true });
    },
  };
}
