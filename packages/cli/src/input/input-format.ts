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
  throw new CliError("unknown-format", `${file}: the name does not tell the format.`, {
    position: { file },
    next: "Say --format csv or --format jsonl.",
  });
}

const byExtension: ReadonlyMap<string, InputFormat> = new Map([
  [".csv", "csv"],
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
]);
