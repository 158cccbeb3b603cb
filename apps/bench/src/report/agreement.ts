import type { Line } from "../harness/sample.ts";
import type { Results } from "./goals.ts";

/** Lines that write the same rows, so that they have to write the same bytes. */
const sameRows: readonly { readonly suite: string; readonly ids: readonly string[] }[] = [
  // PyODPS is not among them: it writes checksums of 2^31 and more sign-extended, as ten bytes in place of five.
  {
    suite: "rows",
    ids: [
      "arrays",
      "objects",
      "arrays-alone",
      "objects-alone",
      "arrays-exact",
      "arrays-js",
      "objects-js",
      "java-set-write",
      "java-prebuilt",
    ],
  },
  { suite: "columns", ids: ["pack", "pack-js"] },
  { suite: "text", ids: ["plain", "plain-js"] },
];

/**
 * What is wrong with results, whatever time they took: of lines that write the same number of the same rows, one wrote
 * other bytes; or a line of ours could not run.
 */
export function disagreements(results: Results): readonly string[] {
  const found: string[] = [];
  const written = new Map<number, { readonly checksum: string; readonly by: string }>();
  for (const { suite, ids } of sameRows) {
    for (const line of results[suite]?.lines ?? []) {
      const { checksum, checked } = line;
      if (!ids.includes(line.id) || checksum === undefined || checked === undefined) continue;
      // Of more bytes than a pack holds only the last pack was looked at.
      if (suite === "text" && checked.rows > 100_000) continue;
      const by = `${suite}, ${line.label}`;
      const first = written.get(checked.rows);
      if (first === undefined) written.set(checked.rows, { checksum, by });
      else if (first.checksum !== checksum) {
        found.push(
          `${by} wrote ${checksum} for ${checked.rows} rows, and ${first.by} wrote ${first.checksum}`,
        );
      }
    }
  }
  for (const suite of Object.values(results)) {
    const points = suite?.curves?.flatMap(({ series }) => series.flatMap((one) => one.points)) ?? [];
    for (const line of [...(suite?.lines ?? []), ...points.map((point) => point.line)]) {
      if (isOurs(line) && line.skipped !== undefined) {
        found.push(`${suite?.id}, ${line.label} did not run: ${line.skipped}`);
      }
    }
  }
  return found;
}

/** Whether a line is of this repository; clients and libraries of others are named for what they are. */
export function isOurs({ id }: Line): boolean {
  return !/java|pyodps|pandas|pyarrow|^go$|duckdb|papaparse|protobufjs/.test(id);
}
