import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { usage } from "../src/command.ts";
import { readConfigFile } from "../src/config/config-file.ts";
import { limitNames, resolveLimits } from "../src/server/limits.ts";

const here = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(here, "README.md"), "utf8");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```[\s\S]*?^```text\n([\s\S]*?)^```/gm)];

it.each(examples.map(([, source = "", output = ""], index) => ({ number: index + 1, source, output })))(
  "has block $number that compiles, runs and prints what it says",
  { timeout: 120_000 },
  async ({ source, output }) => {
    // Inside the package, so that its name means what it means to someone who installed it.
    const folder = await mkdtemp(join(here, "readme-"));
    try {
      await writeFile(join(folder, "example.ts"), source);
      await writeFile(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../tsconfig.json", include: ["."] }),
      );
      const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder });
      expect((await run(tsc, "-p", folder)).stdout).toBe("");
      const { stdout, stderr } = await run("--no-warnings", "--experimental-strip-types", "example.ts");
      expect({ stdout, stderr }).toEqual({ stdout: output, stderr: "" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

it("begins with a block of code", () => {
  expect(readme.indexOf("```ts")).toBe(readme.indexOf("```"));
  expect(examples).toHaveLength(3);
});

it("lists the options that --help lists", () => {
  const options = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
  const table = readme.slice(
    readme.indexOf("| Option | Meaning | Default |"),
    readme.indexOf("## Who may do what"),
  );
  expect(options(table)).toEqual(options(usage));
});

it("shows a configuration file that can be read", async () => {
  const [, text = ""] = /^```toml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const folder = await mkdtemp(join(tmpdir(), "readme-config-"));
  try {
    await writeFile(join(folder, "emulator.toml"), text);
    const { configuration } = await readConfigFile(join(folder, "emulator.toml"));
    expect(configuration.keys.map(({ accessKeyId }) => accessKeyId)).toEqual(["etl", "analyst"]);
    expect(configuration.limits).toEqual({ bodyBytes: 1_000_000_000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("lists every limit", () => {
  const section = readme.slice(readme.indexOf("## Limits"), readme.indexOf("## In a container"));
  expect(section.match(/^\| `\w+`/gm)?.map((cell) => cell.slice(3, -1))).toEqual(limitNames);
  expect(Object.keys(resolveLimits())).toEqual(limitNames);
});
