import { stampLine } from "../harness/machine.ts";
import type { SuiteResult } from "../suites/suite.ts";
import { isOurs } from "./agreement.ts";
import { barChart } from "./bar-chart.ts";
import { curveChart, rateAt, short } from "./curve-chart.ts";
import { goalsTable, type Results } from "./goals.ts";
import { suiteTable } from "./suite-table.ts";

/** A report: Markdown, and the charts that it shows by their file names. */
export interface Report {
  readonly markdown: string;
  readonly charts: Readonly<Record<string, string>>;
}

/** Suites with bars of their own. */
const charted = new Set(["rows", "text", "upload-flights", "upload-gigabyte"]);

/** Everything that was measured; figures in threes are minimum, median and maximum. */
export function report(results: Results, before: Results): Report {
  const suites = Object.values(results).filter((suite) => suite !== undefined);
  const charts: Record<string, string> = {};
  const parts = [`## Goals\n\n${goalsTable(results, before)}`];
  for (const suite of suites) {
    parts.push(`## ${suite.title}`, `${stampLine(suite.stamp)}.`, suite.text);
    if (charted.has(suite.id)) parts.push(chart(charts, suite.id, barChart(suite, isOurs), suite.title));
    if (suite.lines.length > 0) parts.push(suiteTable(suite));
    for (const curve of suite.curves ?? []) {
      const drawn = chart(charts, `growth-${curve.id}`, curveChart(curve, suite.stamp), curve.title);
      parts.push(`### ${curve.title}`, drawn, curve.text, curveTable(curve));
    }
  }
  return { markdown: `${parts.join("\n\n")}\n`, charts };
}

function chart(charts: Record<string, string>, id: string, svg: string, title: string): string {
  charts[`${id}.svg`] = svg;
  return `![${title}](charts/${id}.svg)`;
}

function curveTable(curve: NonNullable<SuiteResult["curves"]>[number]): string {
  const [first] = curve.series;
  const xs = first?.points.map(({ x }) => x) ?? [];
  const rows = curve.series.map(
    ({ name, points }) =>
      `| ${name} | ${points.map((point) => (point.line.runs.length === 0 ? "–" : short(rateAt(curve, point)))).join(" | ")} |`,
  );
  return [
    `| ${curve.y} by ${curve.x} | ${xs.map(short).join(" | ")} |`,
    `|${"---|".repeat(xs.length + 1)}`,
    ...rows,
  ].join("\n");
}

const begin = "<!-- results: written by the benchmark -->";
const end = "<!-- /results -->";

/** A README with its results replaced. */
export function replaceResults(readme: string, results: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Expected the README to hold ${begin} and ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${results}\n${readme.slice(to)}`;
}
