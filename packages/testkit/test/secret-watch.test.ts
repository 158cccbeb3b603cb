import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

it("a secret in an event fails the test in whose time it came, and is not shown", async () => {
  const config = join(here, "test/leaks/vitest.config.ts");
  const vitest = join(here, "node_modules/vitest/vitest.mjs");
  const directory = await mkdtemp(join(tmpdir(), "leaks-"));
  const file = join(directory, "report.json");
  const said = await new Promise<string>((resolve) => {
    const args = [vitest, "run", "--config", config, `--outputFile.json=${file}`];
    execFile(process.execPath, args, { cwd: here }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  const report = JSON.parse(await readFile(file, "utf8")) as Report;
  await rm(directory, { recursive: true });
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.map(({ title, status }) => [title, status])).toEqual([
    ["an event with the secret in its words", "failed"],
    ["an event with an error whose cause quotes the secret", "failed"],
    ["an event with the secret's bytes deep in it", "failed"],
    ["an event that is nobody's secret", "passed"],
  ]);
  expect(said).toMatch(/a secret as it is stands in an event/);
  expect(said).toMatch(/a secret percent-encoded stands in/);
  expect(said).toMatch(/a secret in base64, 1 bytes into something stands in an event/);
  expect(said).not.toContain("planted=Leak");
});

it("every listener for the progress of an upload in a test shows the watch what it hears", () => {
  const unwatched = ["packages/writer", "packages/tunnel", "packages/session", "apps/e2e"]
    .flatMap((owner) => sourcesIn(join(root, owner)))
    .filter((file) => /\.test\.ts$|\/test\//.test(file))
    .flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const [, listener = ""] = /\bon(?:Event|Progress)(?::\s*|(?=\())(.*)/.exec(line) ?? [];
          // What a process prints is watched as it is.
          return listener === "" || /^watched\(|console\.log\(/.test(listener)
            ? []
            : [`${file.slice(root.length)}:${index + 1}`];
        }),
    );
  expect(unwatched).toEqual([]);
});

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}
