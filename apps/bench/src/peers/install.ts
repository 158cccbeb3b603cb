import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Command } from "../harness/contender.ts";

/** A client that can be run here, or why not. */
export type Peer =
  | { readonly kind: "ready"; command(...args: readonly string[]): Command }
  | { readonly kind: "absent"; readonly why: string };

export type PeerName = "pyodps" | "java" | "go";

const run = promisify(execFile);
const wide = { maxBuffer: 64 * 1024 * 1024 };
const sources = fileURLToPath(new URL("../../peers/", import.meta.url));
/** Virtual environment, class files and binary; they survive between runs, and are made anew when their sources change. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/peers/", import.meta.url));

/** Installs a client from its own registry, unmodified and of the version that is pinned, unless that has been done before. */
export async function installPeer(name: PeerName): Promise<Peer> {
  try {
    return { kind: "ready", command: await recipes[name](join(cache, name)) };
  } catch (error) {
    return { kind: "absent", why: `not installed: ${firstLine(error)}` };
  }
}

type Recipe = (folder: string) => Promise<Extract<Peer, { kind: "ready" }>["command"]>;

const recipes: Readonly<Record<PeerName, Recipe>> = {
  async pyodps(folder) {
    const requirements = join(sources, "python", "requirements.txt");
    const python = join(folder, "venv", "bin", "python");
    await once(folder, [requirements], async () => {
      await run("python3", ["-m", "venv", "--clear", join(folder, "venv")]);
      const quietly = ["--quiet", "--disable-pip-version-check"];
      await run(python, ["-m", "pip", "install", ...quietly, "-r", requirements]);
    });
    return (script = "", ...args) => ({ file: python, args: [join(sources, "python", script), ...args] });
  },

  async java(folder) {
    const project = join(sources, "java");
    const code = join(project, "src", "main", "java", "bench");
    const files = [join(project, "pom.xml"), ...(await filesIn(code))];
    await once(folder, files, async () => {
      const target = `-DbuildDirectory=${join(folder, "target")}`;
      await run("mvn", ["-q", "-B", "-f", join(project, "pom.xml"), target, "package"], wide);
    });
    const classPath = [join(folder, "target", "classes"), join(folder, "target", "lib", "*")].join(":");
    return (...args) => ({ file: "java", args: ["-cp", classPath, "bench.Main", ...args] });
  },

  async go(folder) {
    const project = join(sources, "go");
    const binary = join(folder, "peers");
    await once(folder, await filesIn(project), async () => {
      await run("go", ["build", "-C", project, "-o", binary, "."], wide);
    });
    return (...args) => ({ file: binary, args });
  },
};

/** Does the work when the files it is made from have changed since the last time. */
async function once(folder: string, files: readonly string[], work: () => Promise<void>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  const stamp = join(folder, "made-from");
  const digest = hash.digest("hex");
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return;
  await work();
  await writeFile(stamp, digest);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  await access(folder);
  return (await readdir(folder)).toSorted().map((name) => join(folder, name));
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "";
}
