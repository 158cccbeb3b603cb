import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));

it("has a first code block that compiles and runs", { timeout: 120_000 }, async () => {
  expect(await runFirstExample(join(here, "README.md"), here)).toEqual({
    stdout:
      "2 rows, 1 block\n{ id: 1n, customer: 'Ada', amount: '19.90' }\n{ id: 2n, customer: 'Grace', amount: '5.00' }\n",
    stderr: "",
  });
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
