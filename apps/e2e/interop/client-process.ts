import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What one of the adapter programs answered to one request. */
export type Answer =
  | ({ readonly ok: true } & Readonly<Record<string, unknown>>)
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** How to start an adapter program. */
export interface ClientCommand {
  readonly command: string;
  readonly arguments: readonly string[];
}

/** An official client in a process of its own: JSON requests a line in, JSON answers a line out. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #errors = "";

  constructor({ command, arguments: args }: ClientCommand) {
    this.#child = spawn(command, [...args], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString("utf8")).slice(-4000);
    });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => this.#onLine(line));
    this.#child.on("exit", (code) => this.#fail(new Error(`${command} ended with ${code}: ${this.#errors}`)));
    this.#child.on("error", (error) => this.#fail(error));
  }

  /** Sends one request and waits for its answer, whatever it says. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Sends one request that is meant to succeed. */
  async call(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.ask(request);
    if (answer.ok) return answer;
    throw new ClientFailure(String(request["op"]), answer.error.code, answer.error.message);
  }

  /** Lets the program end by closing its input, and ends it by force when it will not. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(timer);
  }

  #onLine(line: string): void {
    const waiting = this.#waiting.shift();
    try {
      waiting?.resolve(JSON.parse(line) as Answer);
    } catch {
      waiting?.reject(new Error(`Expected a line of JSON, got ${line.slice(0, 200)}`));
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The client's own error for a request that was meant to succeed. */
export class ClientFailure extends Error {
  override readonly name = "ClientFailure";
  readonly code: string;

  constructor(operation: string, code: string, message: string) {
    super(`${operation}: ${code}: ${message}`);
    this.code = code;
  }
}
