import { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { SecretWatch } from "./watch.ts";

type Spawn = (this: ChildProcess, options: SpawnOptions) => number;
interface SpawnOptions {
  readonly args?: readonly string[];
  readonly envPairs?: readonly string[];
}

/** Collects the secrets that child processes are given, and looks at what they are told and what they write. */
export function watchProcesses(watch: SecretWatch): void {
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    for (const pair of options.envPairs ?? []) {
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
      if (isSecretName(name)) watch.addSecret(value);
    }
    const result = spawn.call(this, options);
    const program = options.args?.slice(0, 3).join(" ") ?? "";
    watch.look(options.args?.join(" ") ?? "", "the arguments of a process");
    watchStream(this.stdout, (text) => watch.look(text, `the output of ${program}`));
    watchStream(this.stderr, (text) => watch.look(text, `the messages of ${program}`));
    return result;
  };
}

/** Whether a setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return /(?:ACCESS_?KEY(?:_SECRET)?|SECRET|TOKEN)$/i.test(name) && !/FILE$/i.test(name);
}

/** Sees what a stream carries without taking it from whoever reads it. */
function watchStream(stream: Readable | null, look: (text: string) => void): void {
  if (stream === null) return;
  const push = stream.push;
  let tail = "";
  stream.push = function (chunk: unknown, ...rest: never[]) {
    if (chunk instanceof Uint8Array || typeof chunk === "string") {
      const text = tail + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      look(text);
      // A secret may be cut in two.
      tail = text.slice(-300);
    }
    return push.call(this, chunk, ...rest);
  };
}
