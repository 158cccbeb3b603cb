import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runFirstExample } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";
import { answer, startServer } from "./support/scripted-server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

it("the README's first block compiles, runs and finds the tunnel", async () => {
  await using server = await startServer(answer(200, "dt.example.com"));
  const environment = { ODPS_ENDPOINT: server.endpoint, ODPS_ACCESS_ID: "id", ODPS_ACCESS_KEY: "key" };
  expect(await runFirstExample(join(root, "README.md"), root, environment)).toEqual({
    stdout: "dt.example.com\n",
    stderr: "",
  });
  expect(server.seen[0]!.url).toBe("/projects/my_project/tunnel?service");
}, 60_000);

it("the README's other blocks compile", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, ...others] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const given = 'declare const credentials: import("@maxcompute-tunnel/transport").Credentials;\n';
  const reports = join(root, "reports");
  await mkdir(reports, { recursive: true });
  // Inside the package, so that its own name resolves as for a user.
  const folder = await mkdtemp(join(reports, "readme-"));
  try {
    for (const [index, block] of others.entries()) {
      await writeFile(join(folder, `other${index}.ts`), given + block);
    }
    const compilerOptions = { noUnusedLocals: false };
    const configuration = { extends: "../../tsconfig.json", compilerOptions, include: ["."] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
