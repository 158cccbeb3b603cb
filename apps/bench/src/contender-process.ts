import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { prepare } from "./contenders.ts";

/** What one run took. */
export interface Run {
  readonly seconds: number;
  readonly bytes: number;
}

export interface ContenderProcess extends AsyncDisposable {
  run(): Promise<Run>;
}

/** Starts a contender in a process of its own, so that no other one shapes what the compiler makes of it. */
export async function startContender(
  kind: string,
  name: string,
  rowCount: number,
): Promise<ContenderProcess> {
  const child = fork(fileURLToPath(import.meta.url), [kind, name, String(rowCount)]);
  const ended = once(child, "exit").then(() => {
    throw new Error(`Expected ${name} to answer, and it ended`);
  });
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, "message"), ended]);
    return message;
  };
  await answer();
  return {
    run: async () => {
      const answered = answer();
      child.send("run");
      return (await answered) as Run;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

// As the process itself.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind = "", name = "", rowCount] = process.argv.slice(2);
  const contender = prepare(kind, name, Number(rowCount));
  process.on("message", () => {
    const started = performance.now();
    const bytes = contender();
    process.send?.({ seconds: (performance.now() - started) / 1000, bytes } satisfies Run);
  });
  process.send("ready");
}
