import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ClientCommand } from "./client-process.ts";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
/** Virtual environment, class files and binary; survives between runs, remade when its recipe changes. */
const cache = join(here, "..", "node_modules", ".cache", "interop");

/** A client that can be run here, or why not. */
export type Prepared =
  | { readonly kind: "ready"; readonly command: ClientCommand }
  | { readonly kind: "absent"; readonly why: string };

export type ClientName = "pyodps" | "java" | "go";

/** Installs the client from its own registry, unmodified, unless that has been done before. */
export async function prepareClient(name: ClientName): Promise<Prepared> {
  const tool = { pyodps: "python3", java: "mvn", go: "go" }[name];
  if (!(await isOnPath(tool))) return { kind: "absent", why: `no ${tool} on PATH` };
  if (name === "java" && !(await isOnPath("java"))) return { kind: "absent", why: "no java on PATH" };
  const folder = join(cache, name);
  await mkdir(folder, { recursive: true });
  return { kind: "ready", command: await prepare[name](folder) };
}

const prepare: Readonly<Record<ClientName, (folder: string) => Promise<ClientCommand>>> = {
  async pyodps(folder) {
    const requirements = join(here, "python", "requirements.txt");
    const python = join(folder, "venv", "bin", "python");
    await once(folder, [requirements], async () => {
      await run("python3", ["-m", "venv", "--clear", join(folder, "venv")]);
      await run(python, [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        requirements,
      ]);
    });
    return { command: python, arguments: [join(here, "python", "adapter.py")] };
  },

  async java(folder) {
    const project = join(here, "java");
    const sources = ["Adapter", "Values", "ArrowValues"].map((name) =>
      join(project, "src", "main", "java", "interop", `${name}.java`),
    );
    await once(folder, [join(project, "pom.xml"), ...sources], async () => {
      const classes = `-DbuildDirectory=${join(folder, "target")}`;
      await run("mvn", ["-q", "-B", "-f", join(project, "pom.xml"), classes, "package"], wide);
    });
    const classPath = [join(folder, "target", "classes"), join(folder, "target", "lib", "*")].join(":");
    // Arrow reads memory outside the heap through java.nio.
    const open = "--add-opens=java.base/java.nio=ALL-UNNAMED";
    return { command: "java", arguments: [open, "-Xmx512m", "-cp", classPath, "interop.Adapter"] };
  },

  async go(folder) {
    const project = join(here, "go");
    const sources = ["go.mod", "go.sum", "main.go", "values.go", "arrow.go"].map((name) =>
      join(project, name),
    );
    const binary = join(folder, "adapter");
    await once(folder, sources, async () => {
      await run("go", ["build", "-C", project, "-o", binary, "."], wide);
    });
    return { command: binary, arguments: [] };
  },
};

const wide = { maxBuffer: 64 * 1024 * 1024 };

/** Does the work when the files it is made from have changed since the last time. */
async function once(folder: string, files: readonly string[], work: () => Promise<void>): Promise<void> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  const stamp = join(folder, "made-from");
  const digest = hash.digest("hex");
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return;
  await work();
  await writeFile(stamp, digest);
}

async function isOnPath(tool: string): Promise<boolean> {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const found = await access(join(folder, tool)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
