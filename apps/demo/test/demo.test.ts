import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

it("loads the first rows of the real files and finds every value in its place", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, "--rows", "20000"]);
  expect(stdout).toMatch(/^demo\.flights +20,000 /m);
  expect(stdout).toMatch(/^demo\.movies\/source=vega +3,201 /m);
  // Five values a flight and ten a movie.
  expect(stdout).toContain("132,010 values read back and compared with the originals");
  expect(stdout).toContain("all equal");
  expect(stdout).not.toContain("FAILED");
}, 120_000);

it("says so when it is asked for no rows", async () => {
  await expect(promisify(execFile)(process.execPath, [main, "--rows", "none"])).rejects.toMatchObject({
    stderr: expect.stringContaining("Expected --rows to be a number above 0, got none"),
  });
});

it("loads the same rows from a file, a pipe, gzipped, as JSON lines and as Parquet", async () => {
  const contents = fileURLToPath(new URL("../dist/same-contents.js", import.meta.url));
  const rows = process.env["SAME_CONTENTS_ROWS"] ?? "100000";
  const { stdout } = await promisify(execFile)(process.execPath, [contents, "--rows", rows]);
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(
    ["flights", "mixed"].flatMap((name) =>
      ["file", "pipe", "gzip", "jsonl", "parquet"].map((way) => `${name}_${way}`),
    ),
  );
  for (const line of lines) expect(line).toContain(` ${Number(rows).toLocaleString("en")} rows  the same `);
}, 600_000);
