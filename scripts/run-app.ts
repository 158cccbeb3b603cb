import { spawn } from "node:child_process";
import { join } from "node:path";
import { withBuildLock } from "./build-lock.ts";
import { runTurbo, workspaceRoot } from "./tool.ts";

/** What the root scripts start: the workspace package to build first, and the file to run. */
const programs: Readonly<Record<string, { readonly name: string; readonly file: string }>> = {
  demo: { name: "@maxcompute-tunnel/app-demo", file: "apps/demo/dist/main.js" },
  "same-contents": { name: "@maxcompute-tunnel/app-demo", file: "apps/demo/dist/same-contents.js" },
  testee: { name: "@maxcompute-tunnel/app-testee", file: "apps/testee/dist/main.js" },
  bench: { name: "@maxcompute-tunnel/app-bench", file: "apps/bench/dist/main.js" },
  "crash-loop": { name: "@maxcompute-tunnel/app-crash-loop", file: "apps/crash-loop/dist/main.js" },
  disasters: { name: "@maxcompute-tunnel/app-crash-loop", file: "apps/crash-loop/dist/disasters.js" },
  simulation: { name: "@maxcompute-tunnel/app-simulation", file: "apps/simulation/dist/main.js" },
  fuzz: { name: "@maxcompute-tunnel/app-fuzz...", file: "apps/fuzz/src/main.ts" },
  emulator: { name: "@maxcompute-tunnel/emulator", file: "packages/emulator/dist/bin.js" },
  mctunnel: { name: "@maxcompute-tunnel/cli", file: "packages/cli/dist/bin.js" },
};

const [programName = "", ...rest] = process.argv.slice(2);
// `pnpm bench -- --short` hands the `--` on.
const programArgs = rest[0] === "--" ? rest.slice(1) : rest;
const program = programs[programName];
if (program === undefined) {
  process.stderr.write(`Expected one of ${Object.keys(programs).join(", ")}, got "${programName}"\n`);
  process.exit(2);
}

const { exitCode, output } = await withBuildLock(() =>
  runTurbo(["run", "build", "--output-logs=errors-only", `--filter=${program.name}`]),
);
if (exitCode !== 0) {
  process.stderr.write(output);
  process.exit(exitCode);
}
become(join(workspaceRoot, program.file), programArgs);

/**
 * Hands this process over to the program: stdin, stdout, signals and the exit code are then its own.
 * It works where the user stands, so that file arguments mean what they say.
 */
function become(file: string, args: readonly string[]): void {
  process.chdir(process.env["INIT_CWD"] ?? process.cwd());
  if (process.platform !== "win32" && process.execve !== undefined) {
    process.execve(process.execPath, [process.execPath, file, ...args], process.env);
  }
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  // A terminal sends its Ctrl-C to the child as well; the rest has to be passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
