import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dirtyFile, dirtyRecords, dirtyTable, mendedByLine, mendedIds } from "./dirty-file.ts";
import { openRecorder } from "./recorder.ts";

/** A file with every kind of fault: checked, loaded without what does not fit, mended, and loaded again. */
export async function recordDirtyFile(): Promise<{
  readonly text: string;
  readonly faults: readonly string[];
}> {
  await using recorder = await openRecorder([dirtyTable]);
  const { place, say, run } = recorder;
  const faults: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    if (String(found) !== String(wanted)) faults.push(`${what}: expected ${wanted}, got ${found}`);
  };
  place.write("dirty.csv", dirtyFile());
  say(
    "# dirty.csv: a good record, one for each kind of fault, a good one, and a quote that is never closed.",
  );
  expect("check", await run(["check", "dirty.csv", "proj.dirty"]), 3);
  say("\n# Without --max-rejects the first of them ends the load, and the table stays as it was.");
  expect("upload", await run(["upload", "dirty.csv", "proj.dirty"]), 7);
  expect("rows", (await place.emulator.readRows("dirty")).length, 0);
  say("\n# With it, what fits is loaded and the others are kept.");
  const allowing = ["--max-rejects", "50", "--rejects", "rejects.jsonl"];
  expect("upload", await run(["upload", "dirty.csv", "proj.dirty", ...allowing, "--quiet"]), 11);
  const path = join(place.folder, "rejects.jsonl");
  const kept = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  say("# rejects.jsonl, of each record: line, column, code, reason, value");
  for (const { line, column, code, reason, value } of kept)
    say([line, column ?? "", code, reason, value].join("\t"));
  expect("rejects", kept.length, mendedByLine.size);
  say('\n# Each record is mended in its member "raw", and they are loaded again.');
  const mended = kept.map((reject) => ({ ...reject, raw: mendedByLine.get(reject.line) ?? reject.raw }));
  place.write("rejects.jsonl", mended.map((reject) => `${JSON.stringify(reject)}\n`).join(""));
  expect("retry-rejects", await run(["retry-rejects", "rejects.jsonl", "proj.dirty"]), 0);
  const rows = (await place.emulator.readRows("dirty")) as { id: bigint }[];
  const ids = rows.map(({ id }) => id).sort((one, other) => Number(one - other));
  expect("ids", ids, mendedIds);
  const different = new Set(rows.map(({ id: _, ...row }) => JSON.stringify(row, asText)));
  expect("rows that are not as they should be", different.size, 1);
  say(
    `# the table holds: ${ids.length} rows, each as it should be (${dirtyRecords.length + 1} of them mended)`,
  );
  return { text: recorder.text(), faults };
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
