import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ddlOf, tables } from "../data/tables.ts";
import { modulePath } from "../harness/contender.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** A server, and how clients are told of it: the names of variables that all of them read. */
export interface BenchServer extends ServerProcess {
  readonly env: ServiceVariables;
}

/** Where the service is and how to sign for it. */
export interface ServiceVariables extends Readonly<Record<string, string>> {
  readonly ODPS_ENDPOINT: string;
  readonly ODPS_PROJECT: string;
}

/** Takes everything and keeps nothing: what is measured is the client. */
export async function startBareSink(delayMs = 0): Promise<BenchServer> {
  return withEnv(await startServerProcess(modulePath("servers/bare-sink.js"), [String(delayMs)]));
}

/** The emulator, which checks every value and stores the blocks. */
export async function startEmulator(): Promise<BenchServer> {
  const bin = fileURLToPath(new URL("./bin.js", import.meta.resolve("@maxcompute-tunnel/emulator")));
  return withEnv(
    await startServerProcess(bin, ["--quiet", ...tables.flatMap((table) => ["--table", ddlOf(table)])]),
  );
}

function withEnv(server: ServerProcess): BenchServer {
  const env = {
    ODPS_ENDPOINT: server.endpoint,
    ODPS_TUNNEL_ENDPOINT: server.endpoint,
    ODPS_PROJECT: "emulated",
    ODPS_ACCESS_ID: "emulator",
    ODPS_ACCESS_KEY: "emulator-secret",
    TZ: "UTC",
    MCTUNNEL_STATE_DIR: join(tmpdir(), "mctunnel-bench-state"),
  };
  return { ...server, env };
}
