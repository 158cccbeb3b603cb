import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { workspaceRoot } from "./tool.ts";

/** Licences that a package under Apache-2.0 may depend on without its users having to do anything for it. */
const allowed: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: unknown;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

// Says the licence of everything that comes along with a published package, and fails for one that is not allowed.
const seen = new Map<string, string>();
const refused: string[] = [];
for (const folder of await readdir(join(workspaceRoot, "packages"))) {
  const at = join(workspaceRoot, "packages", folder);
  const manifest = await readManifest(at);
  if (manifest !== undefined && manifest.private !== true) await visitDependencies(at, manifest);
}
for (const line of [...seen.values()].sort()) process.stdout.write(`${line}\n`);
for (const line of refused) process.stderr.write(`${line}\n`);
process.stdout.write(`${seen.size} dependencies, ${refused.length} with a licence that is not allowed\n`);
if (refused.length > 0 || seen.size === 0) process.exitCode = 1;

async function visitDependencies(at: string, manifest: Manifest): Promise<void> {
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = await findPackage(at, name);
    // What is optional, or built for another machine, need not be installed.
    if (found === undefined || seen.has(found)) continue;
    const dependency = await readManifest(found);
    if (dependency === undefined) continue;
    const licence = licenceOf(dependency);
    const line = `${dependency.name}@${dependency.version}: ${licence}`;
    seen.set(found, line);
    if (!isAllowed(licence)) refused.push(`not allowed: ${line} (needed by ${manifest.name})`);
    await visitDependencies(found, dependency);
  }
}

/** Where a package finds a dependency, as Node looks for it. */
async function findPackage(from: string, name: string): Promise<string | undefined> {
  for (let at = from; ; at = dirname(at)) {
    const found = await realpath(join(at, "node_modules", name)).catch(() => undefined);
    if (found !== undefined) return found;
    if (at === dirname(at)) return undefined;
  }
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

function licenceOf({ license, licenses }: Manifest): string {
  const said = license ?? (Array.isArray(licenses) ? licenses[0] : licenses);
  if (typeof said === "string") return said;
  const type = (said as { readonly type?: unknown } | undefined)?.type;
  return typeof type === "string" ? type : "unknown";
}

/** An expression such as `(MIT OR GPL-3.0)`: of alternatives one must be allowed, of parts all. */
function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, "")
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((part) => allowed.has(part.trim())));
}
