import { readFileSync } from "node:fs";
import Papa from "papaparse";
import { serveContender } from "../harness/serve-contender.ts";

/** papaparse over text in memory: strings for each field, no types, nothing encoded. */
export interface PapaparseOptions {
  readonly path: string;
}

await serveContender<PapaparseOptions>(({ path }) => {
  const bytes = readFileSync(path);
  const text = bytes.toString("utf8");
  return () => {
    let rows = -1;
    Papa.parse(text, {
      step() {
        rows++;
      },
      skipEmptyLines: true,
    });
    return { rows, bytes: bytes.length };
  };
});
