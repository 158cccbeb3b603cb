import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";
import { exitCodes } from "../src/exit-codes.ts";
import { startWorkplace } from "./workplace.ts";

const here = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(here, "README.md"), "utf8");

it("has shell commands that run as they stand", { timeout: 60_000 }, async () => {
  const script = /^```sh\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  await using place = await startWorkplace(["create table people (id bigint, name string, born date)"]);
  const shim = join(place.folder, "mctunnel");
  await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${join(here, "dist", "bin.js")}' "$@"\n`);
  await chmod(shim, 0o755);
  const path = `${place.folder}${delimiter}${process.env["PATH"]}`;
  const env = { PATH: path, HOME: place.folder, ...place.env };
  const { stdout } = await promisify(execFile)("sh", ["-ec", script], { cwd: place.folder, env });
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toBe("Replaced the contents of proj.people with 2 rows.");
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ ok: true, rows: 2 });
  expect(await place.emulator.readRows("people")).toEqual(
    [0, 1].flatMap(() => [
      { id: 1n, name: "Ada", born: "1815-12-10" },
      { id: 2n, name: "Grace, Adm.", born: null },
    ]),
  );
});

it("has a TypeScript block that compiles and runs", { timeout: 120_000 }, async () => {
  expect(await runFirstExample(join(here, "README.md"), here)).toEqual({
    stdout: "true\n",
    stderr: "error: missing.csv: there is no such file.\n",
  });
});

it("lists every exit code with its kind", () => {
  const table = Object.fromEntries(
    [...readme.matchAll(/^\| (\d+) \| `([a-z-]+)` \|/gm)].map(([, code, kind]) => [kind, Number(code)]),
  );
  expect(table).toEqual(exitCodes);
});
