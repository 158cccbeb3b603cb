import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Which program uploads. */
export type ClientKind = "mctunnel" | "library";

/** What an upload is to do, whichever program does it. */
export interface UploadOrder {
  readonly endpoint: string;
  readonly project: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly table: string;
  readonly files: readonly string[];
  /** Where the journal is. */
  readonly stateDir: string;
  /** Without one, the upload is found again by `resume`. */
  readonly job?: string;
  readonly blockBytes: number;
  readonly parallel: number;
  /** Each row goes into the partition of this key that it names. `mctunnel` only. */
  readonly partitionBy?: string;
  /** How often a request is sent again. @default what the program finds right */
  readonly retries?: number;
}

/** How a client came to its end. */
export interface ClientEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A client that runs. */
export interface Client {
  readonly child: ChildProcess;
  readonly ended: Promise<ClientEnd>;
  /** Resolves with the first bytes on stdout, if there are any: the upload is over, and says so. */
  readonly spoke: Promise<void>;
}

/** How the process around a client is. */
export interface ClientWorld {
  /** Modules that Node loads first. */
  readonly preload?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A shell command that runs before it in its process, such as one that sets a limit. */
  readonly first?: string;
  /** Where it is run. */
  readonly cwd?: string;
  /** What it says is to be read by people. */
  readonly forPeople?: boolean;
}

/** Starts an upload, or, for `resume`, goes on with the last one that the state directory tells of. */
export function startClient(
  kind: ClientKind,
  order: UploadOrder,
  what: "upload" | "resume",
  world: ClientWorld = {},
): Client {
  const began = performance.now();
  const args =
    kind === "mctunnel" ? commandLine(order, what, world) : [loader, JSON.stringify({ ...order, what })];
  const preload = (world.preload ?? []).flatMap((module) => ["--import", module]);
  const program = [process.execPath, ...preload, ...args];
  const [command = "", ...rest] =
    world.first === undefined ? program : ["sh", "-c", `${world.first}; exec "$@"`, "sh", ...program];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(world.cwd === undefined ? {} : { cwd: world.cwd }),
    env: { ...process.env, ...environment(order), ...world.env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
    ms: performance.now() - began,
  }));
  const spoke = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  return { child, ended, spoke };
}

const loader = fileURLToPath(new URL("loader.js", import.meta.url));
const mctunnel = fileURLToPath(new URL("bin.js", import.meta.resolve("@maxcompute-tunnel/cli")));

/** The command line of `mctunnel`, for people too. */
export function mctunnelArguments(order: UploadOrder, what: "upload" | "resume"): readonly string[] {
  const { job, files, table, blockBytes, parallel, partitionBy, retries } = order;
  const name = job === undefined ? [] : ["--job", job];
  const sending = ["--block-size", String(blockBytes), "--parallel", String(parallel), "--compress", "none"];
  if (retries !== undefined) sending.push("--retries", String(retries));
  if (partitionBy !== undefined) sending.push("--partition-by", partitionBy, "--create-partition");
  return what === "resume"
    ? ["resume", ...(job === undefined ? ["--last"] : [job])]
    : ["upload", ...files, table, ...name, ...sending];
}

function commandLine(
  order: UploadOrder,
  what: "upload" | "resume",
  { forPeople }: ClientWorld,
): readonly string[] {
  return [mctunnel, ...mctunnelArguments(order, what), ...(forPeople === true ? [] : ["--json"])];
}

function environment(order: UploadOrder): Readonly<Record<string, string>> {
  const { endpoint, project, accessKeyId, accessKeySecret, stateDir } = order;
  return {
    HOME: stateDir,
    MCTUNNEL_STATE_DIR: stateDir,
    ODPS_ENDPOINT: endpoint,
    ODPS_TUNNEL_ENDPOINT: endpoint,
    ODPS_PROJECT: project,
    ODPS_ACCESS_ID: accessKeyId,
    ODPS_ACCESS_KEY: accessKeySecret,
  };
}
