import { stampLine } from "../harness/machine.ts";
import type { Line } from "../harness/sample.ts";
import { rateOf, rowsPerSecond } from "../harness/spread.ts";
import type { SuiteResult } from "../suites/suite.ts";
import { millions } from "./spread-text.ts";
import { drawingText, line as drawLine, rectangle, text } from "./svg.ts";

const width = 860;
const labels = 320;
const barHeight = 18;
const step = 26;
const top = 48;

/** Rows a second of a suite's lines as bars, the quickest first; a whisker goes from the slowest round to the quickest. */
export function barChart(suite: SuiteResult, isOurs: (line: Line) => boolean): string {
  const bars = suite.lines
    .filter(({ runs }) => runs.length > 0)
    .map((line) => ({ line, rate: rateOf(line, rowsPerSecond) }))
    .toSorted((a, b) => b.rate.median - a.rate.median);
  const most = Math.max(...bars.map(({ rate }) => rate.max));
  const scale = (width - labels - 60) / most;
  const height = top + bars.length * step + 24;
  const title = `${suite.title}: million rows a second`;
  return drawingText({
    width,
    height,
    title,
    parts: [
      text(8, 22, title, "title"),
      ...bars.flatMap(({ line, rate }, index) => {
        const y = top + index * step;
        const middle = y + barHeight / 2;
        return [
          text(labels - 8, middle + 4, line.label, "end"),
          rectangle(labels, y, rate.median * scale, barHeight, isOurs(line) ? "ours" : "theirs"),
          drawLine(labels + rate.min * scale, middle, labels + rate.max * scale, middle, "whisker"),
          text(labels + rate.max * scale + 6, middle + 4, millions(rate.median)),
        ];
      }),
      text(8, height - 8, stampLine(suite.stamp), "small"),
    ],
  });
}
