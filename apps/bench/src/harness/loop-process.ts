import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Command } from "./contender.ts";
import { peakBytesOf, type Usage, usageOf } from "./process-usage.ts";
import type { Sample } from "./sample.ts";
import { startSpeaker } from "./start-command.ts";

/** What a contender says of one run that is not measured. */
export interface Check {
  readonly rows: number;
  readonly bytes: number;
  readonly checksum?: string;
  readonly packedBytes?: number;
}

/** A contender that is ready and runs when told to. */
export interface LoopProcess extends AsyncDisposable {
  readonly version: string;
  check(): Promise<Check>;
  run(): Promise<Sample>;
  peakBytes(): number;
  /** What the process has taken so far, all its threads together. */
  usage(): Usage | undefined;
}

/** Starts a contender and waits until it has prepared. */
export async function startLoop(command: Command): Promise<LoopProcess> {
  const { child, describeEnd } = startSpeaker(command);
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`Expected an answer, but ${describeEnd(code)}`);
  });
  ended.catch(() => {});
  // Nobody reads it any more once the contender has ended.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Record<string, unknown>> => {
    const next = await Promise.race([lines.next(), ended]);
    return next.done ? await ended : (JSON.parse(next.value) as Record<string, unknown>);
  };
  const ask = (what: string): Promise<unknown> => {
    child.stdin.write(`${what}\n`);
    return answer();
  };
  const { ready } = await answer();
  return {
    version: String(ready),
    check: async () => (await ask("check")) as Check,
    run: async () => (await ask("run")) as Sample,
    peakBytes: () => peakBytesOf(child.pid ?? 0),
    usage: () => usageOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, "close");
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await closed;
      clearTimeout(timer);
    },
  };
}
