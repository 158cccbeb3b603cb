import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { describe, expect, it } from "vitest";

const app = fileURLToPath(new URL("..", import.meta.url));
const root = join(app, "..", "..");

describe("the README of the repository", () => {
  it("has a first TypeScript block that compiles and runs", async () => {
    expect(await runFirstExample(join(root, "README.md"), app)).toEqual({
      stdout: "2 rows in 1 block\n1n hello\n2n 你好\n",
      stderr: "",
    });
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
