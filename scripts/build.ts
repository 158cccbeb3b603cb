import { withBuildLock } from "./build-lock.ts";
import { runTurbo } from "./tool.ts";

/** Builds every package, or what the given turbo arguments select; speaks on stderr, at length only when it fails. */
const { exitCode, output } = await withBuildLock(() =>
  runTurbo(["run", "build", "--output-logs=errors-only", ...process.argv.slice(2)]),
);
process.stderr.write(exitCode === 0 ? `${lastLines(output)}\n` : output);
process.exitCode = exitCode;

function lastLines(text: string): string {
  return text
    .split("\n")
    .filter((line) => /^\s*(Tasks|Cached|Time):/.test(line))
    .join("\n");
}
