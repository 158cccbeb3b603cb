import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { usage } from "../src/command.ts";

const here = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(here, "README.md"), "utf8");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

it("begins with a block that compiles, runs and prints what it says", { timeout: 120_000 }, async () => {
  const [, source = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const [, output] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
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
});

it("lists the options that --help lists", () => {
  const options = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
  const table = readme.slice(
    readme.indexOf("| Option | Meaning | Default |"),
    readme.indexOf("## As a fixture"),
  );
  expect(options(table)).toEqual(options(usage).filter((option) => option !== "--help"));
});
