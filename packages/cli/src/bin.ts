#!/usr/bin/env node
import { nodeIo } from "./node-io.ts";
import { run } from "./run.ts";

const io = nodeIo((exitCode) => process.exit(exitCode));
process.exitCode = await run(process.argv.slice(2), io);
