import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { withBuildLock } from "./build-lock.ts";
import { addCounts, type Count, countSuite } from "./test-count.ts";
import { runTool, runTurbo, workspaceRoot } from "./tool.ts";

const taskNames = ["build", "typecheck", "test"];
const runsFolder = join(workspaceRoot, ".turbo", "runs");

/**
 * Runs every check there is and ends with one line, `N passed, N failed`, over all of them. Lint checks, builds
 * and type checks count as one claim each, tests one by one, also where turbo answered from its cache.
 */
const counts: Count[] = [];
try {
  counts.push(await check("format and lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]));
  counts.push(await check("workspace lint", "sherif/index.js"));
  counts.push(await check("types of the scripts", "typescript/bin/tsc", ["-p", "scripts"]));
  counts.push(await check("package boundaries", "turbo/bin/turbo", ["boundaries"]));
  counts.push(await check("licences of dependencies", "../scripts/licences.ts"));
  counts.push(...(await runTasks(process.argv.slice(2))));
  // After the build: what packages import from themselves by condition is resolved in what was built.
  counts.push(
    await check("unused files, exports and dependencies", "knip/bin/knip.js", ["--no-config-hints"]),
  );
} catch (error) {
  report("test script", false, `${error instanceof Error ? error.stack : error}\n`);
  counts.push({ passed: 0, failed: 1 });
}
const { passed, failed } = addCounts(counts);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Builds, type-checks and tests all packages, or what the arguments select in turbo's way (`--filter=…`). A task that
 * could not run, because something it depends on did not build, counts as failed.
 */
async function runTasks(selection: readonly string[]): Promise<readonly Count[]> {
  const tasks = await plannedTasks(selection);
  process.stderr.write(
    `building, type-checking and testing (${tasks.length} tasks); this takes some minutes\n`,
  );
  // Reports of an earlier run must not be counted; turbo restores those of tasks it has in its cache.
  await Promise.all(tasks.map(({ folder }) => rm(join(folder, "reports"), { recursive: true, force: true })));
  const options = ["--continue=dependencies-successful", "--output-logs=errors-only", ...selection];
  await withBuildLock(() => runTurbo(["run", "build", ...options]));
  const runsBefore = new Set(await summaries());
  // Suites measure memory and talk to real processes: two at a time is what a small machine bears.
  const run = await runTurbo(["run", ...taskNames, "--summarize", "--concurrency=2", ...options]);
  if (run.exitCode !== 0) process.stdout.write(run.output);
  const summary = (await summaries()).find((file) => !runsBefore.has(file));
  const exitCodes = summary === undefined ? new Map<string, number>() : await readExitCodes(summary);

  const counts: Count[] = [];
  for (const { taskId, task, package: name, folder } of tasks) {
    const exitCode = exitCodes.get(taskId);
    if (task === "test") {
      const suite = await countSuite(folder, exitCode);
      report(`${name}: ${suite.passed} of ${suite.passed + suite.failed} tests`, suite.failed === 0);
      // What a suite has to say about itself, such as clients it had to skip.
      process.stdout.write(await readFile(join(folder, "reports", "notes.txt"), "utf8").catch(() => ""));
      counts.push(suite);
    } else {
      if (exitCode !== 0) report(`${name} ${task}`, false);
      counts.push(exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
    }
  }
  // Whatever else made turbo fail must not go unseen.
  if (run.exitCode !== 0 && addCounts(counts).failed === 0) counts.push({ passed: 0, failed: 1 });
  return counts;
}

interface PlannedTask {
  readonly taskId: string;
  readonly task: string;
  readonly package: string;
  readonly folder: string;
}

async function plannedTasks(selection: readonly string[]): Promise<readonly PlannedTask[]> {
  const { exitCode, output, stdout } = await runTurbo(["run", ...taskNames, "--dry=json", ...selection]);
  if (exitCode !== 0) throw new Error(`Expected turbo to plan the tasks, got ${output}`);
  const { tasks } = JSON.parse(stdout) as {
    readonly tasks: readonly (Omit<PlannedTask, "folder"> & {
      readonly directory: string;
      readonly command: string;
    })[];
  };
  return tasks
    .filter(({ command }) => command !== "<NONEXISTENT>")
    .map(({ taskId, task, package: name, directory }) => ({
      taskId,
      task,
      package: name,
      folder: join(workspaceRoot, directory),
    }));
}

async function summaries(): Promise<readonly string[]> {
  return readdir(runsFolder).catch(() => []);
}

async function readExitCodes(summary: string): Promise<ReadonlyMap<string, number>> {
  const { tasks } = JSON.parse(await readFile(join(runsFolder, summary), "utf8")) as {
    readonly tasks: readonly {
      readonly taskId: string;
      readonly execution?: { readonly exitCode: number };
    }[];
  };
  return new Map(tasks.flatMap(({ taskId, execution }) => (execution ? [[taskId, execution.exitCode]] : [])));
}

/** Runs one tool and counts it as one claim. */
async function check(name: string, file: string, args: readonly string[] = []): Promise<Count> {
  const { exitCode, output } = await runTool(file, args);
  report(name, exitCode === 0, output);
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function report(name: string, ok: boolean, output = ""): void {
  process.stdout.write(`${ok ? "ok    " : "FAILED"}  ${name}\n${ok ? "" : output}`);
}
