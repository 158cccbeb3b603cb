import { RecordPack } from "@maxcompute-tunnel/codec";
import { parseType } from "@maxcompute-tunnel/codec/schema";
import type { TableColumn } from "../storage/state.ts";

/**
 * Writes rows of `stored` as one record stream of the columns in `asked`, in that order.
 *
 * protocol: MaxCompute Tunnel, table download: field numbers count within the columns asked for; CHAR(n) values are
 * padded with blanks to n characters, as the service sends them.
 */
export async function* encodeRows(
  batches: AsyncIterable<readonly (readonly unknown[])[]>,
  stored: readonly TableColumn[],
  asked: readonly TableColumn[],
): AsyncGenerator<Uint8Array> {
  const pack = new RecordPack<readonly unknown[]>(asked, { checks: "wire" });
  const sources = asked.map((column) => stored.indexOf(column));
  const pads = asked.map(({ type }) => padTo(type));
  const plain = sources.every((source, index) => source === index) && pads.every((pad) => pad === undefined);
  for await (const rows of batches) {
    for (const row of rows) {
      pack.append(plain ? row : sources.map((source, index) => padded(row[source], pads[index])));
    }
    yield* pack.drain();
  }
  yield* pack.seal().chunks;
}

function padTo(type: string): number | undefined {
  const parsed = parseType(type);
  return parsed.kind === "char" ? parsed.length : undefined;
}

function padded(value: unknown, length: number | undefined): unknown {
  if (length === undefined || typeof value !== "string") {
    return value;
  }
  // Characters, not UTF-16 units: a surrogate pair is one.
  const missing = value.length >= length * 2 ? 0 : length - [...value].length;
  return missing > 0 ? value + " ".repeat(missing) : value;
}
