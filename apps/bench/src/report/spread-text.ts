import type { Spread } from "../harness/spread.ts";

/** Minimum, median and maximum for a cell of a table. */
export function figures({ min, median, max }: Spread, format: (value: number) => string): string {
  return `${format(min)} / **${format(median)}** / ${format(max)}`;
}

export function millions(value: number): string {
  return (value / 1e6).toFixed(2);
}

export function hundredths(value: number): string {
  return value.toFixed(2);
}

export function tenths(value: number): string {
  return value.toFixed(1);
}

export function whole(value: number): string {
  return value.toFixed(0);
}

export function megabytes(bytes: number): string {
  return whole(bytes / 1e6);
}
