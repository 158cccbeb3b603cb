import type { Prompter } from "./cli-io.ts";

/** The keyboard of a real process. Standard input is not touched before the first line is asked for. */
export function nodeKeyboard(): Prompter {
  let lines: AsyncIterator<string> | undefined;
  return {
    get isTerminal() {
      return process.stdin.isTTY === true && process.stderr.isTTY === true;
    },
    readLine: async (prompt, { secret = false } = {}) => {
      if (process.stdin.isTTY && process.stderr.isTTY) return await ask(prompt, secret);
      lines ??= await readLines();
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
  };
}

async function readLines(): Promise<AsyncIterator<string>> {
  const { createInterface } = await import("node:readline");
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
}

/** Asks on the terminal. The answer to a secret question is echoed nowhere: what readline would draw is thrown away. */
async function ask(prompt: string, secret: boolean): Promise<string | undefined> {
  const [{ createInterface }, { Writable }] = await Promise.all([
    import("node:readline/promises"),
    import("node:stream"),
  ]);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = secret ? silent : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new Promise<undefined>((resolve) => reader.once("close", () => resolve(undefined)));
  // In raw mode Ctrl-C arrives as a key; it has to stay the signal that everything else answers to.
  reader.on("SIGINT", () => {
    // Whoever answers to the signal hears of it before the question ends unanswered.
    process.once("SIGINT", () => reader.close());
    process.kill(process.pid, "SIGINT");
  });
  if (secret) process.stderr.write(prompt);
  try {
    const answer = await Promise.race([reader.question(secret ? "" : prompt), ended]);
    return answer;
  } finally {
    if (secret) process.stderr.write("\n");
    reader.close();
  }
}
