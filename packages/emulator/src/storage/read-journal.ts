import { EmulatorError } from "../errors.ts";
import type { OpenFile } from "./file-system.ts";
import { decodeLine, encodeLine } from "./journal-line.ts";

/** First line of every journal. */
export const journalHeader = { journal: "mctunnel-emulator", format: 1 } as const;

const readBytes = 1024 * 1024;

/**
 * Gives every entry of a journal to `take` and returns its length up to the last whole line.
 *
 * @throws EmulatorError `journal-corrupt` when it is not a journal, or a line other than the last is damaged
 */
export async function readJournal(
  file: OpenFile,
  path: string,
  take: (entry: unknown) => void,
): Promise<number> {
  const size = await file.size();
  let pending: Uint8Array = new Uint8Array(0);
  let position = 0;
  let lineStart = 0;
  let lineNumber = 0;
  let damagedLine = 0;

  const readLine = (line: Uint8Array): void => {
    lineNumber += 1;
    if (damagedLine > 0) {
      throw corrupt(path, damagedLine, "is damaged, and others follow it");
    }
    const decoded = decodeLine(line);
    if (lineNumber === 1) {
      if (JSON.stringify(decoded?.value) !== JSON.stringify(journalHeader)) {
        throw foreign(path);
      }
      lineStart += line.length + 1;
    } else if (decoded === undefined) {
      damagedLine = lineNumber;
    } else {
      for (const entry of decoded.value as readonly unknown[]) {
        take(entry);
      }
      lineStart += line.length + 1;
    }
  };

  while (position < size) {
    const chunk = new Uint8Array(Math.min(readBytes, size - position));
    const filled = await file.read(chunk, position);
    if (filled === 0) {
      break;
    }
    position += filled;
    let rest = chunk.subarray(0, filled);
    let newline = rest.indexOf(0x0a);
    while (newline >= 0) {
      readLine(pending.length === 0 ? rest.subarray(0, newline) : joined(pending, rest.subarray(0, newline)));
      pending = new Uint8Array(0);
      rest = rest.subarray(newline + 1);
      newline = rest.indexOf(0x0a);
    }
    pending = pending.length === 0 ? rest : joined(pending, rest);
  }
  if (
    lineNumber === 0 &&
    Buffer.compare(pending, encodeLine(journalHeader).subarray(0, pending.length)) !== 0
  ) {
    throw foreign(path);
  }
  if (pending.length > 0 && damagedLine > 0) {
    throw corrupt(path, damagedLine, "is damaged, and more follows it");
  }
  return lineStart;
}

function foreign(path: string): EmulatorError {
  return corrupt(path, 1, "is not the header of a journal this version can read");
}

function corrupt(path: string, line: number, problem: string): EmulatorError {
  return new EmulatorError("journal-corrupt", `Journal ${path}: line ${line} ${problem}`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first, 0);
  whole.set(second, first.length);
  return whole;
}
