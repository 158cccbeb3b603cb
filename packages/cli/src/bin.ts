#!/usr/bin/env node
import module from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`error: mctunnel needs Node 22.15 or newer, and this is ${process.versions.node}.\n`);
  process.exit(2);
}
module.enableCompileCache(compiledFolder());
const bundle = "./bundle/command.js";
const { nodeIo, run } = module.createRequire(import.meta.url)(bundle) as typeof import("./index.ts");
const io = nodeIo((exitCode) => process.exit(exitCode));
const exitCode = await run(process.argv.slice(2), io);
// What was written goes out first; a read that nobody will answer must not keep the process.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => stream.write("", () => resolve()));
}
process.exit(exitCode);

/**
 * Where Node keeps what it has compiled, for the next run: in the user's own cache, not in a folder for everybody, whence
 * others could have this command run what they like. `NODE_COMPILE_CACHE` names another, `NODE_DISABLE_COMPILE_CACHE`
 * none.
 */
function compiledFolder(): string {
  const caches = process.env["XDG_CACHE_HOME"];
  const home = caches !== undefined && isAbsolute(caches) ? caches : join(homedir(), ".cache");
  return join(home, "mctunnel", "compiled");
}
