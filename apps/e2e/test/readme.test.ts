import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run, runTool } from "./packed/tarballs.ts";

const app = fileURLToPath(new URL("..", import.meta.url));
const root = join(app, "..", "..");

describe("the README of the repository", () => {
  it("has a first TypeScript block that compiles and runs", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const source = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
    // Inside the app, so that the imports mean what they mean to someone who installed the packages.
    const folder = await mkdtemp(join(app, "readme-"));
    try {
      await writeFile(join(folder, "example.ts"), source);
      await writeFile(
        join(folder, "tsconfig.json"),
        JSON.stringify({ extends: "../tsconfig.json", include: ["."], compilerOptions: { types: ["node"] } }),
      );
      const checked = await runTool("typescript/bin/tsc", ["-p", folder]);
      expect(checked).toEqual({ exitCode: 0, output: "" });
      const { exitCode, output } = await run(process.execPath, [join(folder, "example.ts")], folder);
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: "2 rows in 1 block\n1n hello\n2n 你好\n" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("names only scripts that exist", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      readonly scripts: object;
    };
    const readmes = [
      "README.md",
      "CONTRIBUTING.md",
      "apps/demo/README.md",
      "apps/bench/README.md",
      "apps/testee/README.md",
    ];
    const named = new Set<string>();
    for (const file of readmes) {
      const text = await readFile(join(root, file), "utf8");
      for (const match of text.matchAll(/npx -y pnpm@12 (?:--silent |run )*([\w-]+)/g))
        named.add(match[1] ?? "");
    }
    expect(named.size).toBeGreaterThan(5);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...named]));
  });
});
