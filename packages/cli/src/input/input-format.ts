import { extname } from "node:path";
import { CliError } from "../errors.ts";

/** The kinds of file that can be read. */
export type InputFormat = "csv" | "jsonl";

export const inputFormats: readonly InputFormat[] = ["csv", "jsonl"];

/** The format of a file: the one that was said, or else by the name's ending. */
export function formatOf(file: string, said: InputFormat | undefined): InputFormat {
  if (said !== undefined) return said;
  const known = byExtension.get(extname(file).toLowerCase());
  if (known !== undefined) return known;
  if (packed.has(extname(file).toLowerCase())) {
    throw new CliError("unknown-format", `${file}: packed files are not read.`, {
      position: { file },
      next: "Unpack it first; an upload can compress what it sends by itself (--compress).",
    });
  }
  throw new CliError("unknown-format", `${file}: the name does not tell the format.`, {
    position: { file },
    next: "Say --format csv or --format jsonl.",
  });
}

const packed: ReadonlySet<string> = new Set([".gz", ".zst", ".bz2", ".xz", ".zip", ".lz4"]);

const byExtension: ReadonlyMap<string, InputFormat> = new Map([
  [".csv", "csv"],
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
]);
