import { FilesError } from "../errors.ts";
import type { FormatName } from "./format-name.ts";

/** What told a format: the caller, the first bytes, or the name. */
export type FormatOrigin = "option" | "content" | "name";

/**
 * The format of an input: the one that was said, or else by first bytes that no other format has, or else by its name's
 * ending, `.gz` and the like left out, or else by how its text begins.
 *
 * @throws FilesError `unknown-format`
 */
export function formatOf(
  name: string,
  said: FormatName | "auto",
  text: Uint8Array,
): { readonly format: FormatName; readonly by: FormatOrigin } {
  if (said !== "auto") return { format: said, by: "option" };
  const marked = formatByMagic(text);
  if (marked !== undefined) return { format: marked, by: "content" };
  const known = formatByName(name);
  if (known !== undefined) return { format: known, by: "name" };
  if (/^\s*\{/.test(new TextDecoder().decode(text.subarray(0, 256))))
    return { format: "jsonl", by: "content" };
  throw new FilesError("unknown-format", `${name}: neither its name nor its beginning tells the format.`, {
    position: { file: name },
  });
}

/** The format that first bytes mean, whatever the name says. */
export function formatByMagic(head: Uint8Array): FormatName | undefined {
  // A header may well name a column PAR1; in Parquet, what follows is no text.
  if (beginsWith(head, "PAR1") && isControl(head[4])) return "parquet";
  if (beginsWith(head, "ARROW1\u0000")) return "arrow";
  if (beginsWith(head, "Obj\u0001")) return "avro";
  return isArrowStream(head) ? "arrow" : undefined;
}

/** The format that a name's ending means, `.gz` and the like left out. */
export function formatByName(name: string): FormatName | undefined {
  const ending = /\.([^./\\]+)$/.exec(name.toLowerCase().replace(/\.(gz|gzip|zst|zstd)$/, ""))?.[1];
  return ending === undefined ? undefined : byEnding.get(ending);
}

function beginsWith(head: Uint8Array, mark: string): boolean {
  return head.length >= mark.length && [...mark].every((sign, at) => head[at] === sign.charCodeAt(0));
}

function isControl(byte: number | undefined): boolean {
  return byte === undefined || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}

/** A continuation, and the length of a schema, which comes in eights and is not long. */
function isArrowStream(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = view.getInt32(4, true);
  return view.getInt32(0, true) === -1 && length > 0 && length % 8 === 0 && length < 16 * 1024 * 1024;
}

const byEnding: ReadonlyMap<string, FormatName> = new Map([
  ["csv", "csv"],
  ["tsv", "tsv"],
  ["tab", "tsv"],
  ["jsonl", "jsonl"],
  ["ndjson", "jsonl"],
  ["parquet", "parquet"],
  ["parq", "parquet"],
  ["arrow", "arrow"],
  ["arrows", "arrow"],
  ["feather", "arrow"],
  ["ipc", "arrow"],
  ["avro", "avro"],
]);
