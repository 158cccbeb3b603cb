import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const appFolder = fileURLToPath(new URL("../..", import.meta.url));
const packagesFolder = join(appFolder, "..", "..", "packages");

export interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** What `pnpm publish` would send for each published package: file of the tarball by package name. */
export async function packAll(folder: string): Promise<ReadonlyMap<string, string>> {
  const tarballs = new Map<string, string>();
  for (const entry of await readdir(packagesFolder)) {
    const source = join(packagesFolder, entry);
    const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as {
      readonly name: string;
      readonly version: string;
      readonly private?: boolean;
    };
    if (manifest.private) continue;
    const { name, version } = manifest;
    const { exitCode, output } = await run("pnpm", ["pack", "--pack-destination", folder], source);
    if (exitCode !== 0) throw new Error(`Expected ${name} to pack, got ${output}`);
    tarballs.set(name, join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`));
  }
  return tarballs;
}

/** An empty project with one of the packages installed, its siblings from their tarballs, and nothing else of ours. */
export async function installAlone(name: string, tarballs: ReadonlyMap<string, string>): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "packed-"));
  const dependencies = { [name]: `file:${tarballs.get(name)}` };
  await writeJson(join(project, "package.json"), {
    name: "empty",
    private: true,
    type: "module",
    dependencies,
  });
  const overrides = [...tarballs].map(([sibling, file]) => `  "${sibling}": "file:${file}"`).join("\n");
  await writeFile(
    join(project, "pnpm-workspace.yaml"),
    `overrides:\n${overrides}\nallowBuilds:\n  protobufjs: false\n`,
  );
  const { exitCode, output } = await run("pnpm", ["install", "--prefer-offline"], project);
  if (exitCode !== 0) throw new Error(`Expected ${name} to install, got ${output}`);
  return project;
}

/** Names of everything that an install pulled in, sorted. */
export async function installedPackages(project: string): Promise<readonly string[]> {
  const store = join(project, "node_modules", ".pnpm");
  const names = new Set<string>();
  for (const entry of await readdir(store, { withFileTypes: true })) {
    // `@scope+name@version`, or `@scope+name@file+…` for a tarball, perhaps with its peers behind.
    const match = /^(@[^+@]+\+)?([^@+]+)@/.exec(entry.name);
    if (entry.isDirectory() && match !== null) names.add(`${match[1]?.replace("+", "/") ?? ""}${match[2]}`);
  }
  return [...names].sort();
}

/** Every import path that a package's exports map offers, but its manifest. */
export async function importPaths(project: string, name: string): Promise<readonly string[]> {
  const manifest = JSON.parse(
    await readFile(join(project, "node_modules", name, "package.json"), "utf8"),
  ) as { readonly exports: Readonly<Record<string, unknown>> };
  return Object.keys(manifest.exports)
    .filter((path) => path !== "./package.json")
    .map((path) => `${name}${path.slice(1)}`);
}

/** Runs a script in a project under this Node. */
export async function runModule(project: string, source: string): Promise<Outcome> {
  await mkdir(project, { recursive: true });
  const file = join(project, "main.mjs");
  await writeFile(file, source);
  return run(process.execPath, [file], project);
}

/** Runs a command of a development dependency of this app, named by its file in `node_modules`. */
export function runTool(file: string, args: readonly string[]): Promise<Outcome> {
  return run(process.execPath, [join(appFolder, "node_modules", file), ...args], appFolder);
}

/** Bytes, minified and gzipped, of everything that one import path pulls into a bundle, but the `external` ones. */
export async function bundledBytes(
  project: string,
  path: string,
  external: readonly (string | RegExp)[],
): Promise<number> {
  const bundle = await rolldown({
    cwd: project,
    input: "entry",
    external: [...external],
    platform: "browser",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? join(project, "entry.js") : undefined),
        load: (id) => (id === join(project, "entry.js") ? `export * from "${path}";` : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "es", minify: true });
  await bundle.close();
  return output.reduce((bytes, file) => bytes + (file.type === "chunk" ? gzipSync(file.code).length : 0), 0);
}

export async function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 26 });
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: unknown;
      readonly stdout?: string;
      readonly stderr?: string;
    };
    return {
      exitCode: typeof code === "number" ? code : 1,
      output: `${stdout ?? ""}${stderr ?? ""}${error}`,
    };
  }
}

function writeJson(file: string, value: unknown): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
