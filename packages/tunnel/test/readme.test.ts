import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

it("has a first code block that compiles and runs", { timeout: 120_000 }, async () => {
  const readme = await readFile(join(here, "README.md"), "utf8");
  const source = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
  // Inside the package, so that the imports mean what they mean to someone who installed it.
  const folder = await mkdtemp(join(here, "readme-"));
  try {
    await writeFile(join(folder, "example.ts"), source);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../tsconfig.json", include: ["."] }),
    );
    const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder });
    expect((await run(tsc, "-p", folder)).stdout).toBe("");
    // The flags are for the oldest Node that is supported; newer ones do without.
    const { stdout } = await run("--no-warnings", "--experimental-strip-types", "example.ts");
    expect(stdout).toBe(
      "2 rows, 1 block\n{ id: 1n, customer: 'Ada', amount: '19.90' }\n{ id: 2n, customer: 'Grace', amount: '5.00' }\n",
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("names only tests that exist beside the reference's notes", async () => {
  const readme = await readFile(join(here, "README.md"), "utf8");
  const tests = await readFile(join(here, "test", "reference-notes.test.ts"), "utf8");
  const notes = readme.slice(readme.indexOf("each of its notes"), readme.indexOf("## Writers by hand"));
  const named = [...notes.matchAll(/(?<!\w)[*_]([^*_]+)[*_](?!\w)/g)].map((match) =>
    (match[1] ?? "").replace(/[ ,]*…$/, ""),
  );
  expect(named.length).toBeGreaterThan(15);
  for (const name of named) expect(tests).toContain(name);
});
