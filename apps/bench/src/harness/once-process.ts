import { once } from "node:events";
import type { Program } from "./contender.ts";
import { endedChildrenSeconds, peakBytesOf } from "./process-usage.ts";
import type { Sample } from "./sample.ts";
import { startMute } from "./start-command.ts";

/** Memory is looked at this often; its high-water mark is missed only when it is reached within the last moment. */
const lookEveryMs = 20;

/** Runs a command from its start to its end. */
export async function runOnce(
  program: Extract<Program, { kind: "once" }>,
): Promise<Sample & { readonly peakBytes: number }> {
  const { rows, bytes } = program;
  const cpuBefore = endedChildrenSeconds();
  const started = performance.now();
  const { child, describeEnd } = startMute(program);
  let peakBytes = 0;
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakBytesOf(child.pid ?? 0));
  }, lookEveryMs);
  try {
    const exited = once(child, "exit");
    const closed = once(child, "close");
    const [code] = await exited;
    const seconds = (performance.now() - started) / 1000;
    await closed;
    if (code !== 0) throw new Error(`Expected success, but ${describeEnd(code)}`);
    return { seconds, cpuSeconds: endedChildrenSeconds() - cpuBefore, rows, bytes, peakBytes };
  } finally {
    clearInterval(look);
  }
}
