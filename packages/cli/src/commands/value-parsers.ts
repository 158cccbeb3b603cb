/** Reads a whole number within bounds, for a flag. */
export function wholeNumber(least: number, most: number): (input: string) => number {
  return (input) => {
    const value = /^\d+$/.test(input) ? Number(input) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new SyntaxError(`expected a whole number from ${least} to ${most}, got "${input}"`);
    }
    return value;
  };
}

/** Reads a size such as `64MiB`, `64MB` or `65536`, for a flag: `KiB` and `K` are 1024 bytes, `kB` and `KB` 1000. */
export function byteSize(least: number): (input: string) => number {
  return (input) => {
    const match = /^(\d+(?:\.\d+)?) ?(?:([kmg])(i?b)?|b)?$/i.exec(input);
    if (match === null) throw new SyntaxError(`expected a size such as 64MiB, got "${input}"`);
    const [, digits, letter, rest] = match;
    const base = rest?.toLowerCase() === "b" ? 1000 : 1024;
    const power = letter === undefined ? 0 : "kmg".indexOf(letter.toLowerCase()) + 1;
    const bytes = Math.round(Number(digits) * base ** power);
    if (bytes < least) throw new SyntaxError(`expected a size of at least ${least} bytes, got "${input}"`);
    return bytes;
  };
}

/** Reads block ids such as `0-3,7`, for a flag. */
export function blockIdList(input: string): readonly number[] {
  const ids = new Set<number>();
  for (const part of input.split(",")) {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last > 20_000) {
      throw new SyntaxError(`expected block ids such as 0-3,7, got "${input}"`);
    }
    for (let id = first; id <= last; id += 1) ids.add(id);
  }
  return [...ids].sort((left, right) => left - right);
}

/** Writes block ids as short as they can be read: `0-3,7`. */
export function formatBlockIds(ids: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const id of ids) {
    const range = ranges.at(-1);
    if (range !== undefined && id === range[1] + 1) range[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/** Reads a length of time such as `90s`, `30m`, `12h`, `7d` or `4w` as milliseconds, for a flag. */
export function duration(input: string): number {
  const match = /^(\d{1,9})(s|m|h|d|w)$/.exec(input);
  if (match === null)
    throw new SyntaxError(`expected a length of time such as 12h, 7d or 4w, got "${input}"`);
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[match[2] as "s" | "m" | "h" | "d" | "w"];
  return Number(match[1]) * seconds * 1000;
}
