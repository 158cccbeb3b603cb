import type { Line } from "../harness/sample.ts";
import { rateOf, ratioOf, rowsPerCpuSecond, rowsPerSecond } from "../harness/spread.ts";
import type { SuiteResult } from "../suites/suite.ts";
import { hundredths, megabytes, millions } from "./spread-text.ts";

/** The results of the suites, by their ids. */
export type Results = Readonly<Record<string, SuiteResult | undefined>>;

interface Goal {
  readonly text: string;
  readonly want: string;
  measure(results: Results): Finding | undefined;
}

interface Finding {
  readonly text: string;
  readonly met: boolean;
}

const goals: readonly Goal[] = [
  times("row path, arrays ÷ Java SDK writer (set + write)", 2.5, "rows", "arrays", "java-set-write"),
  times("row path, objects ÷ the same", 1.8, "rows", "objects", "java-set-write"),
  times("row path, arrays ÷ PyODPS compiled record writer (build + write)", 10, "rows", "arrays", "pyodps"),
  times("text path, flights ÷ DuckDB read_csv (typed, one thread)", 1.3, "text", "flights", "flights-duckdb"),
  times("text path, ten columns ÷ the same", 1.3, "text", "plain", "plain-duckdb"),
  times("columnar path ÷ PyODPS Arrow writer, both sent", 1.5, "columns", "pack-sent", "pyodps-arrow-sent"),
  times(
    "mctunnel upload flights ÷ pandas + PyODPS (Arrow)",
    2.5,
    "upload-flights",
    "command-1",
    "pandas",
    "met",
  ),
  times("the same with two threads", 2.5, "upload-flights", "command-2", "pandas", "met"),
  times("mctunnel upload flights ÷ FastCSV + Java SDK", 4, "upload-flights", "command-1", "java", "met"),
  times(
    "two worker threads ÷ one, a gigabyte of CSV",
    1.6,
    "threads",
    "synthetic-2",
    "synthetic-1",
    "no matter",
  ),
  peak(),
  atLeast("decoding to rows", 2e6, "decode", "rows-objects"),
  atLeast("decoding to columns", 4e6, "decode", "columns"),
  journal(),
];

/** The goals as a Markdown table; with the run before beside it, since one run proves little. */
export function goalsTable(now: Results, before: Results): string {
  const lines = goals.map((goal) => {
    const finding = goal.measure(now);
    const met = finding === undefined ? "" : finding.met ? "yes" : "**no**";
    const cells = [
      goal.text,
      goal.want,
      finding?.text ?? "not measured",
      goal.measure(before)?.text ?? "",
      met,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| | goal | measured | the run before | met |", "|---|---|---|---|---|", ...lines].join("\n");
}

function times(
  text: string,
  want: number,
  suite: string,
  ours: string,
  theirs: string,
  cpuIs: "met" | "shown" | "no matter" = "shown",
): Goal {
  return {
    text,
    want: `${want} ×`,
    measure(results) {
      const line = lineOf(results, suite, ours);
      const other = lineOf(results, suite, theirs);
      if (line === undefined || other === undefined) return undefined;
      const wall = ratioOf(line, other, rowsPerSecond);
      const cpu = ratioOf(line, other, rowsPerCpuSecond);
      if (wall === undefined || cpu === undefined) return undefined;
      return {
        text: `${hundredths(wall.median)} ×${cpuIs === "no matter" ? "" : ` (CPU ${hundredths(cpu.median)} ×)`}`,
        met: wall.median >= want && (cpuIs !== "met" || cpu.median >= want),
      };
    },
  };
}

function atLeast(text: string, want: number, suite: string, id: string): Goal {
  return {
    text,
    want: `${millions(want)} M rows/s`,
    measure(results) {
      const line = lineOf(results, suite, id);
      if (line === undefined || line.runs.length === 0) return undefined;
      const { median } = rateOf(line, rowsPerSecond);
      return { text: `${millions(median)} M rows/s`, met: median >= want };
    },
  };
}

function peak(): Goal {
  return {
    text: "peak resident memory of any upload of ours",
    want: "≤ 300 MB",
    measure(results) {
      const peaks = ["upload-flights", "upload-gigabyte", "upload-emulator"].flatMap((suite) =>
        (results[suite]?.lines ?? [])
          .filter(({ id }) => /^(command|library)-/.test(id))
          .map(({ peakBytes = 0 }) => peakBytes),
      );
      if (peaks.length === 0) return undefined;
      const most = Math.max(...peaks);
      return { text: `${megabytes(most)} MB`, met: most <= 300e6 };
    },
  };
}

function journal(): Goal {
  return {
    text: "what a journal on disk costs",
    want: "≤ 3 %",
    measure(results) {
      const line = lineOf(results, "journal", "with");
      const other = lineOf(results, "journal", "without");
      if (line === undefined || other === undefined) return undefined;
      const wall = ratioOf(other, line, rowsPerSecond);
      const cpu = ratioOf(other, line, rowsPerCpuSecond);
      if (wall === undefined || cpu === undefined) return undefined;
      const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;
      return { text: `${percent(wall.median)} (CPU ${percent(cpu.median)})`, met: wall.median <= 1.03 };
    },
  };
}

function lineOf(results: Results, suite: string, id: string): Line | undefined {
  return results[suite]?.lines.find((line) => line.id === id);
}
