import { type Stamp, stampLine } from "../harness/machine.ts";
import { bytesPerSecond, rateOf, rowsPerSecond } from "../harness/spread.ts";
import type { Curve, Point } from "../suites/suite.ts";
import { dot, drawingText, line, path, text } from "./svg.ts";

const width = 560;
const height = 300;
const left = 64;
const right = 20;
const top = 44;
const bottom = 58;

/** What a point is measured by. */
export function rateAt({ y }: Curve, { line: measured, values = 1 }: Point): number {
  const rate =
    y === "MB/s" ? (run: Parameters<typeof bytesPerSecond>[0]) => bytesPerSecond(run) / 1e6 : rowsPerSecond;
  return rateOf(measured, rate).median * (y === "values/s" ? values : 1);
}

/** A curve over a logarithmic axis; the other begins at nothing. */
export function curveChart(curve: Curve, stamp: Stamp): string {
  const series = curve.series.map(({ name, points }) => ({
    name,
    points: points.filter((point) => point.line.runs.length > 0),
  }));
  const all = series.flatMap(({ points }) => points);
  const xs = [...new Set(all.map(({ x }) => x))].toSorted((a, b) => a - b);
  const most = Math.max(...all.map((point) => rateAt(curve, point))) * 1.1;
  const [first = 1] = xs;
  const last = xs.at(-1) ?? first;
  const across = (x: number): number =>
    left + (Math.log(x / first) / Math.max(Math.log(last / first), 1e-9)) * (width - left - right);
  const up = (value: number): number => height - bottom - (value / most) * (height - top - bottom);
  return drawingText({
    width,
    height,
    title: `${curve.title}: ${curve.y}`,
    parts: [
      text(8, 20, `${curve.title}: ${curve.y} by ${curve.x}`, "title"),
      ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
        line(left, up(most * share), width - right, up(most * share), "grid"),
        text(left - 6, up(most * share) + 4, short(most * share), "end small"),
      ]),
      ...xs.map((x) => text(across(x), height - bottom + 16, short(x), "middle small")),
      ...series.flatMap(({ name, points }, index) => {
        const places = points.map((point) => [across(point.x), up(rateAt(curve, point))] as const);
        return [
          path(places, `line s${index}`),
          ...places.map(([x, y]) => dot(x, y, `d${index}`)),
          dot(left + index * 180, height - 26, `d${index}`),
          text(left + 8 + index * 180, height - 22, name),
        ];
      }),
      text(8, height - 6, stampLine(stamp), "small"),
    ],
  });
}

/** 1,200,000 as 1.2M. */
export function short(value: number): string {
  const [unit, size] = value >= 1e6 ? ["M", 1e6] : value >= 1e3 ? ["k", 1e3] : ["", 1];
  const scaled = value / (size as number);
  return `${scaled >= 100 || Number.isInteger(scaled) ? scaled.toFixed(0) : scaled.toFixed(1)}${unit}`;
}
