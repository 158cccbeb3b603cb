import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { CliError } from "../errors.ts";
import type { KeptReject } from "./kept-reject.ts";

/** A file of rejected records, one JSON object a line. */
export interface RejectsFile {
  readonly path: string;
  /** Adds a record, unless an earlier run of the same load has done so. It is on disk when this returns. */
  add(reject: KeptReject): void;
}

/**
 * Opens a file for rejected records. It is made with the first of them; one that lies there from another load is removed.
 *
 * @throws CliError `rejects-unwritable` when it cannot be written
 */
export function openRejectsFile(path: string, isResumed: boolean): RejectsFile {
  const known = new Set<string>();
  if (isResumed) for (const { file, byteOffset } of readRejects(path)) known.add(placeOf(file, byteOffset));
  else writing(path, () => rmSync(path, { force: true }));
  return {
    path,
    add(reject) {
      const place = placeOf(reject.file, reject.byteOffset);
      // Blocks that are sent again are read again.
      if (known.has(place)) return;
      known.add(place);
      writing(path, () => appendFileSync(path, `${JSON.stringify(reject)}\n`, { mode: 0o600 }));
    },
  };
}

/** The records in a file of rejects; none where there is no such file. A torn last line is passed over. */
export function readRejects(path: string): readonly KeptReject[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new CliError("file-unreadable", `${path}: it cannot be read.`, { cause, position: { file: path } });
  }
  const end = text.lastIndexOf("\n") + 1;
  return text
    .slice(0, end)
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "") return [];
      try {
        return [JSON.parse(line) as KeptReject];
      } catch (cause) {
        throw new CliError("malformed-json", `${path}:${index + 1}: expected a JSON object.`, {
          cause,
          position: { file: path, line: index + 1 },
        });
      }
    });
}

function placeOf(file: string, byteOffset: number): string {
  return `${file}\n${byteOffset}`;
}

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError("rejects-unwritable", `${path}: rejected records cannot be written there (${code}).`, {
      cause,
      position: { file: path },
    });
  }
}
