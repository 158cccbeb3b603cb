import { fileURLToPath } from "node:url";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL("..", import.meta.url));

it("has a first code block that compiles and runs", { timeout: 120_000 }, async () => {
  expect(await runFirstExample(`${here}README.md`, here)).toEqual({
    stdout: expect.stringMatching(
      /^visits\.csv:4: column id: expected .+, got "three"\n2 rows, 1 rejected\n$/,
    ),
    stderr: "",
  });
});
