import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { answer, startServer } from "./support/scripted-server.ts";
import { typeStripping } from "./support/type-stripping.ts";

// Inside the package, so that its own name resolves as for a user, and where nothing is kept.
const reports = fileURLToPath(new URL("../reports/", import.meta.url));
mkdirSync(reports, { recursive: true });
const folder = mkdtempSync(join(reports, "readme-"));
afterAll(() => rmSync(folder, { recursive: true }));
const run = promisify(execFile);

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

it("the README's first block compiles, runs and finds the tunnel", async () => {
  const script = join(folder, "first.ts");
  writeFileSync(script, blocks[0]!);
  await compile("first.ts");
  await using server = await startServer(answer(200, "dt.example.com"));
  const environment = { ODPS_ENDPOINT: server.endpoint, ODPS_ACCESS_ID: "id", ODPS_ACCESS_KEY: "key" };
  const { stdout, stderr } = await run(process.execPath, [...typeStripping, script], {
    env: { ...process.env, ...environment },
  });
  expect({ stdout, stderr }).toEqual({ stdout: "dt.example.com\n", stderr: "" });
  expect(server.seen[0]!.url).toBe("/projects/my_project/tunnel?service");
}, 60_000);

it("the README's other blocks compile", async () => {
  const given = 'declare const credentials: import("@maxcompute-tunnel/transport").Credentials;\n';
  blocks.slice(1).forEach((block, index) => {
    writeFileSync(join(folder, `other${index}.ts`), given + block);
  });
  await compile(...blocks.slice(1).map((_, index) => `other${index}.ts`));
}, 60_000);

/** Type-checks files of the folder against the package as its users see it. */
async function compile(...files: readonly string[]): Promise<void> {
  const configuration = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false },
    include: files,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  const { stdout } = await run(process.execPath, [compiler, "-p", folder]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
}
