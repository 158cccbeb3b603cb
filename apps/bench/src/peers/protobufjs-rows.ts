import { syntheticRows } from "../data/synthetic-rows.ts";
import { serveContender } from "../harness/serve-contender.ts";
import { decodePlain, encodePlain, toPlainRow } from "./plain-protobufjs.ts";

/** protobufjs as plainly used: rows → bytes, or back. */
export interface ProtobufjsOptions {
  readonly rows: number;
  readonly way: "encode" | "decode";
}

await serveContender<ProtobufjsOptions>(({ rows: count, way }) => {
  const rows = syntheticRows(count).map(toPlainRow);
  if (way === "encode") return () => ({ rows: count, bytes: encodePlain(rows).length });
  const bytes = encodePlain(rows);
  return () => ({ rows: decodePlain(bytes), bytes: bytes.length });
});
