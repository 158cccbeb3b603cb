import { FilesError } from "../errors.ts";
import type { FormatName } from "./format-name.ts";

/**
 * The format of an input: the one that was said, or else by its name's ending, `.gz` and the like left out, or else by
 * how its text begins.
 *
 * @throws FilesError `unknown-format`
 */
export function formatOf(name: string, said: FormatName | "auto", text: Uint8Array): FormatName {
  if (said !== "auto") return said;
  const known = formatByName(name);
  if (known !== undefined) return known;
  if (/^\s*\{/.test(new TextDecoder().decode(text.subarray(0, 256)))) return "jsonl";
  throw new FilesError("unknown-format", `${name}: neither its name nor its beginning tells the format.`, {
    position: { file: name },
  });
}

/** The format that a name's ending means, `.gz` and the like left out. */
export function formatByName(name: string): FormatName | undefined {
  const ending = /\.([^./\\]+)$/.exec(name.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, ""))?.[1];
  return ending === undefined ? undefined : byEnding.get(ending);
}

const byEnding: ReadonlyMap<string, FormatName> = new Map([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["tab", "tsv"],
  ["jsonl", "jsonl"],
  ["ndjson", "jsonl"],
]);
