import { fileURLToPath } from "node:url";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));

it("has a first code block that compiles and runs", { timeout: 120_000 }, async () => {
  const { stdout } = await runFirstExample(`${here}README.md`, here);
  expect(stdout).toMatch(/^1 row in 1 block, known by the answer\n1 row read back, \d+ bytes\n$/);
});
