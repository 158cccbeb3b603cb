import {
  type ChildProcessByStdio,
  type ChildProcessWithoutNullStreams,
  type SpawnOptions,
  spawn,
} from "node:child_process";
import type { Readable } from "node:stream";
import type { Command } from "./contender.ts";

/** A command that runs. */
export interface StartedCommand<Child> {
  readonly child: Child;
  /** The command and how it ended, with the last it said on its error stream. */
  describeEnd(code: unknown): string;
}

/** Starts a command, in this process's environment, that is spoken with. */
export function startSpeaker(command: Command): StartedCommand<ChildProcessWithoutNullStreams> {
  return start<ChildProcessWithoutNullStreams>(command, "pipe");
}

/** Starts a command whose output nobody reads. */
export function startMute(command: Command): StartedCommand<ChildProcessByStdio<null, null, Readable>> {
  return start<ChildProcessByStdio<null, null, Readable>>(command, ["ignore", "ignore", "pipe"]);
}

function start<Child extends { readonly stderr: Readable }>(
  { file, args, env }: Command,
  stdio: NonNullable<SpawnOptions["stdio"]>,
): StartedCommand<Child> {
  const child = spawn(file, [...args], { stdio, env: { ...process.env, ...env } }) as unknown as Child;
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const name = [file, ...args].join(" ").slice(0, 200);
  return { child, describeEnd: (code) => `${name} ended with ${code}: ${said}` };
}
