#!/usr/bin/env node
import { nodeIo } from "./node-io.ts";
import { run } from "./run.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`error: mctunnel needs Node 22.15 or newer, and this is ${process.versions.node}.\n`);
  process.exit(2);
}
const io = nodeIo((exitCode) => process.exit(exitCode));
const exitCode = await run(process.argv.slice(2), io);
// What was written goes out first; a read that nobody will answer must not keep the process.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => stream.write("", () => resolve()));
}
process.exit(exitCode);
