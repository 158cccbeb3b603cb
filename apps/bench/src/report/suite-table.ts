import type { Line, Run } from "../harness/sample.ts";
import {
  bytesPerSecond,
  countedRuns,
  isNoisy,
  rateOf,
  ratioOf,
  rowsPerCpuSecond,
  rowsPerSecond,
  spread,
} from "../harness/spread.ts";
import type { SuiteResult } from "../suites/suite.ts";
import { figures, hundredths, megabytes, millions, whole } from "./spread-text.ts";

interface Column {
  readonly title: string;
  readonly cell: (line: Line) => string;
}

/** A suite's lines as a Markdown table; a star marks those of which too few rounds were quiet. */
export function suiteTable(suite: SuiteResult): string {
  const columns = columnsOf(suite);
  const rows = suite.lines.map((line) => {
    const label = `${line.label}${isNoisy(line) ? " *" : ""}`;
    if (line.runs.length === 0) {
      return `| ${label} | ${line.skipped ?? "not run"} |${" |".repeat(columns.length - 1)}`;
    }
    return `| ${label} | ${columns.map(({ cell }) => cell(line)).join(" | ")} |`;
  });
  return [
    `| | ${columns.map(({ title }) => title).join(" | ")} |`,
    `|${"---|".repeat(columns.length + 1)}`,
    ...rows,
  ].join("\n");
}

function columnsOf(suite: SuiteResult): readonly Column[] {
  const [run] = suite.lines.find(({ runs }) => runs.length > 0)?.runs ?? [];
  const rows = run?.rows ?? 0;
  const rates = rows > 1 ? rowColumns(suite) : rows === 1 ? [milliseconds] : [gigabytes];
  const baseline = suite.lines.find(({ id }) => id === suite.baseline);
  return [
    ...rates,
    ...(baseline === undefined || rows <= 1 ? [] : comparisons(baseline)),
    ...(suite.lines.some(({ checked }) => checked?.packedBytes !== undefined) ? [compression] : []),
    { title: "peak MB", cell: ({ peakBytes }) => (peakBytes === undefined ? "" : megabytes(peakBytes)) },
  ];
}

const milliseconds: Column = {
  title: "ms",
  cell: (line) => figures(spread(countedRuns(line).map(({ seconds }) => seconds * 1000)), whole),
};

const gigabytes: Column = {
  title: "GB/s",
  cell: (line) => figures(rateOf(line, bytesPerSecond), (value) => hundredths(value / 1e9)),
};

const compression: Column = {
  title: "ratio",
  cell: ({ checked }) =>
    checked?.packedBytes === undefined ? "" : hundredths(checked.bytes / checked.packedBytes),
};

function rowColumns({ lines, bytes }: SuiteResult): readonly Column[] {
  const hasBytes = lines.some(({ runs }) => runs.some((run) => run.bytes > 0));
  return [
    { title: "million rows/s", cell: (line) => figures(rateOf(line, rowsPerSecond), millions) },
    {
      title: "million rows per CPU second",
      cell: (line) => millions(rateOf(line, rowsPerCpuSecond).median),
    },
    ...(hasBytes ? [{ title: `MB/s ${bytes ?? ""}`.trim(), cell: megabytesPerSecond }] : []),
  ];
}

function megabytesPerSecond(line: Line): string {
  const { median } = rateOf(line, bytesPerSecond);
  return median === 0 ? "" : whole(median / 1e6);
}

function comparisons(baseline: Line): readonly Column[] {
  const compare =
    (rate: (run: Run) => number) =>
    (line: Line): string => {
      const ratio = ratioOf(line, baseline, rate);
      return ratio === undefined ? "" : hundredths(ratio.median);
    };
  return [
    { title: `× ${baseline.label}, wall`, cell: compare(rowsPerSecond) },
    { title: "CPU", cell: compare(rowsPerCpuSecond) },
  ];
}
