import type { BlockFiles } from "../storage/block-files.ts";
import type { ResultRows, TaskOutcome } from "../storage/state.ts";
import { rangeRows } from "../tunnel/range-rows.ts";
import { csvHeader, csvLines } from "./documents/csv-text.ts";
import type { TaskResultInput } from "./documents/instance-document.ts";

/** protocol: MaxCompute, instance results: the text of a result ends after 10,000 rows or 10 MB. */
const maxRows = 10_000;
const maxCharacters = 10 * 1024 * 1024;

/** What `?result` says of a task: CSV for rows, listings and messages as they are. */
export async function resultText(
  outcome: TaskOutcome,
  blocks: BlockFiles,
): Promise<Pick<TaskResultInput, "format" | "text">> {
  switch (outcome.kind) {
    case "running":
    case "cancelled":
      return { format: "text", text: "" };
    case "success":
      return { format: outcome.format, text: outcome.text };
    case "failure":
      return { format: "text", text: outcome.message };
    case "rows":
      return { format: "csv", text: await csvText(outcome.rows, blocks) };
  }
}

async function csvText(rows: ResultRows, blocks: BlockFiles): Promise<string> {
  const line = csvLines(rows.columns);
  const lines = [csvHeader(rows.columns)];
  let characters = 0;
  for (const source of rangeRows(rows, { start: 0, count: maxRows }, blocks)) {
    for await (const batch of source) {
      for (const row of batch) {
        const text = line(row);
        characters += text.length;
        if (characters > maxCharacters) {
          return asText(lines);
        }
        lines.push(text);
      }
    }
  }
  return asText(lines);
}

function asText(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
