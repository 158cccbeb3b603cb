import { RecordPack } from "@maxcompute-tunnel/codec";
import { TextPack } from "@maxcompute-tunnel/codec/text";
import { serveContender } from "../harness/serve-contender.ts";

/** Rows of a certain width, as text or as arrays, so many times over. */
export interface GrowOptions {
  readonly from: "text" | "rows";
  /** By turns a number, a fraction and a text. */
  readonly columns: number;
  readonly textBytes: number;
  readonly rows: number;
  /** The same rows again, as a longer input would bring them. @default 1 */
  readonly times?: number;
}

const packBytes = 16 * 1024 * 1024;

await serveContender<GrowOptions>(({ from, columns: width, textBytes, rows: count, times = 1 }) => {
  const kinds = ["bigint", "double", "string"] as const;
  const columns = Array.from({ length: width }, (_, index) => ({
    name: `c${index}`,
    type: kinds[index % kinds.length] ?? "string",
  }));
  const text = "x".repeat(textBytes);
  const value = (row: number, column: number): unknown =>
    [row * 7 + column, row * 1.25, `${row % 10}${text}`.slice(0, textBytes)][column % kinds.length];
  const rows = Array.from({ length: count }, (_, row) => columns.map((_, column) => value(row, column)));
  const lines = Buffer.from(rows.map((row) => `${row.join(",")}\n`).join(""));
  let packed = 0;
  const note = (pack: { readonly byteLength: number; seal(): { readonly recordCount: number } }): void => {
    if (pack.byteLength >= packBytes) packed += pack.seal().recordCount;
  };
  if (from === "text") {
    return () => {
      packed = 0;
      const pack = new TextPack(columns);
      for (let time = 0; time < times; time++) {
        for (let at = 0; at < lines.length; at += 262_144) {
          pack.push(lines.subarray(at, at + 262_144));
          note(pack);
        }
      }
      pack.end();
      return { rows: packed + pack.seal().recordCount, bytes: lines.length * times };
    };
  }
  return () => {
    packed = 0;
    const pack = new RecordPack(columns);
    for (let time = 0; time < times; time++) {
      for (const row of rows) {
        pack.append(row);
        if (pack.byteLengthAtMost >= packBytes) note(pack);
      }
    }
    return { rows: packed + pack.seal().recordCount, bytes: lines.length * times };
  };
});
