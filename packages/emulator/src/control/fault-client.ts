import { EmulatorError } from "../errors.ts";
import type { FaultStatus } from "../faults/fault-book.ts";
import { controlPath } from "./control.ts";
import type { FaultCommand } from "./fault-command.ts";

/**
 * Does what a `fault` command line asks for at a running emulator, and returns what to print.
 *
 * @throws EmulatorError `control-failed` saying what the emulator said, or that there is none
 */
export async function runFaultCommand(
  command: Exclude<FaultCommand, { kind: "help" }>,
  send: typeof fetch = fetch,
): Promise<string> {
  const ask = askEmulator(command.url, send);
  switch (command.kind) {
    case "add": {
      const { faults } = await ask<{ faults: readonly FaultStatus[] }>("POST", "faults", command.rule);
      return faults.map(({ id }) => `${id}\n`).join("");
    }
    case "list": {
      const document = await ask<{ faults: readonly FaultStatus[] }>("GET", "faults");
      return command.json ? `${JSON.stringify(document)}\n` : document.faults.map(describe).join("");
    }
    case "clear": {
      if (command.ids.length === 0) {
        const { removed } = await ask<{ removed: number }>("DELETE", "faults");
        return `removed ${removed}\n`;
      }
      for (const id of command.ids) {
        await ask("DELETE", `faults/${encodeURIComponent(id)}`);
      }
      return `removed ${command.ids.length}\n`;
    }
  }
}

/** One line a rule: what it does is told in the words it was given in. */
function describe({ id, rule, matched, fired }: FaultStatus): string {
  const { effect, id: _, ...when } = rule;
  const { kind, ...members } = effect;
  const told = [kind, ...words(members), ...words(when)].join(" ");
  return `${id}: ${told} (acted on ${fired} of ${matched})\n`;
}

function words(members: object): readonly string[] {
  return Object.entries(members).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

function askEmulator(
  url: string,
  send: typeof fetch,
): <Document>(method: string, path: string, body?: object) => Promise<Document> {
  return async (method, path, body) => {
    let answer: { readonly status: number; readonly text: string };
    try {
      const response = await send(`${url}/${controlPath}/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      answer = { status: response.status, text: await response.text() };
    } catch (cause) {
      throw failed(`There is no emulator at ${url}`, cause);
    }
    const document = parse(answer.text);
    if (answer.status < 300 && document !== undefined) {
      return document as never;
    }
    const { error } = (document ?? {}) as { readonly error?: { readonly message?: string } };
    throw failed(
      error?.message ?? `The emulator at ${url} is not controlled from outside; start it with --control`,
    );
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(message: string, cause?: unknown): EmulatorError {
  return new EmulatorError("control-failed", message, cause === undefined ? {} : { cause });
}
