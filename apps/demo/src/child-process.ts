import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

export interface EmulatorProcess extends AsyncDisposable {
  readonly endpoint: string;
}

/** Starts the emulator as its users do, in a process of its own, on a free port, and waits until it listens. */
export async function startEmulatorProcess(args: readonly string[]): Promise<EmulatorProcess> {
  const child = spawn(
    process.execPath,
    [binary("@maxcompute-tunnel/emulator", "mctunnel-emulator"), "--quiet", ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "close");
  };
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line") as Promise<[string]>,
    once(child, "close").then(() => [""]),
  ]);
  const endpoint = /^listening (http:\/\/127\.0\.0\.1:\d+)$/.exec(line ?? "")?.[1];
  if (endpoint === undefined) {
    await stop();
    throw new Error(`Expected the emulator to say where it listens, got "${line}"`);
  }
  return { endpoint, [Symbol.asyncDispose]: stop };
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly seconds: number;
  /** The most memory that the process ever held (resident set), in bytes. */
  readonly peakBytes: number;
}

/**
 * Runs `mctunnel` in a process of its own; what it says on stderr goes to the terminal.
 *
 * @param piped a file that is given to it through a pipe
 */
export async function runMctunnel(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  piped?: string,
): Promise<CommandOutcome> {
  const watch = new URL("./peak-memory.js", import.meta.url).href;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ["--import", watch, binary("@maxcompute-tunnel/cli", "mctunnel"), ...args],
    {
      stdio: [piped === undefined ? "ignore" : "pipe", "pipe", "inherit", "pipe"],
      env: { ...process.env, ...environment },
    },
  );
  if (piped !== undefined && child.stdin !== null) createReadStream(piped).pipe(child.stdin);
  const stdout = collect(child, 1);
  const peak = collect(child, 3);
  const [exitCode] = (await once(child, "close")) as [number | null];
  return {
    exitCode: exitCode ?? 1,
    stdout: stdout(),
    seconds: (performance.now() - started) / 1000,
    peakBytes: Number(peak()),
  };
}

function collect(child: ChildProcess, index: number): () => string {
  const chunks: Buffer[] = [];
  const stream = child.stdio[index];
  if (stream !== null && stream !== undefined && "on" in stream) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  return () => Buffer.concat(chunks).toString();
}

/** The file behind a package's command. */
function binary(packageName: string, command: string): string {
  const require = createRequire(import.meta.url);
  const file = require.resolve(`${packageName}/package.json`);
  const { bin } = require(file) as { readonly bin: Readonly<Record<string, string>> };
  return join(dirname(file), bin[command] ?? "");
}
