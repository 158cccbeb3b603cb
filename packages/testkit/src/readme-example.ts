import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Lets the oldest Node that is supported run a TypeScript file, too; newer ones do it anyway. */
export const typeStripping: readonly string[] = ["--no-warnings", "--experimental-strip-types"];

/** What a program wrote. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Compiles and runs the first TypeScript block of a README inside `folder`, where imports mean what they mean to
 * someone who installed the package; `env` is added to the environment. Rejects with what the compiler or the program said when either fails.
 */
export async function runFirstExample(
  readme: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  const source = /^```ts\n([\s\S]*?)^```$/m.exec(await readFile(readme, "utf8"))?.[1];
  if (source === undefined) throw new Error(`Expected a TypeScript block in ${readme}, got none`);
  const inside = await mkdtemp(join(folder, "readme-"));
  try {
    await writeFile(join(inside, "example.ts"), source);
    const configuration = { extends: "../tsconfig.json", include: ["."] };
    await writeFile(join(inside, "tsconfig.json"), JSON.stringify(configuration));
    await run([tsc, "-p", inside], inside, {});
    return await run([...typeStripping, "example.ts"], inside, env);
  } finally {
    await rm(inside, { recursive: true, force: true });
  }
}

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

async function run(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Printed> {
  try {
    return await promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, ...env } });
  } catch (cause) {
    const { stdout, stderr } = cause as Printed;
    throw new Error(`Expected the example to compile and run, got\n${stdout}${stderr}`, { cause });
  }
}
