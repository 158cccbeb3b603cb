/** Where a row that was read back is not the row that it should be. */
export interface Difference {
  /** Index of the row, from 0. */
  readonly row: number;
  /** Index of the column, or `undefined` when the whole row is missing or too many. */
  readonly column: number | undefined;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface Comparison {
  readonly rows: number;
  /** How many values were compared, NULLs included. */
  readonly values: number;
  /** How many values or rows differ. */
  readonly differences: number;
  /** The first few of them. */
  readonly examples: readonly Difference[];
}

/** Compares rows in order, value by value, and both streams to their ends. */
export async function compareRows(
  expected: AsyncIterable<readonly unknown[]>,
  actual: AsyncIterable<readonly unknown[]>,
): Promise<Comparison> {
  const examples: Difference[] = [];
  let rows = 0;
  let values = 0;
  let differences = 0;
  const differ = (difference: Difference): void => {
    differences++;
    if (examples.length < 5) examples.push(difference);
  };
  const actualRows = actual[Symbol.asyncIterator]();
  for await (const expectedRow of expected) {
    const next = await actualRows.next();
    const actualRow = next.done === true ? undefined : next.value;
    if (actualRow === undefined)
      differ({ row: rows, column: undefined, expected: expectedRow, actual: undefined });
    else {
      const width = Math.max(expectedRow.length, actualRow.length);
      for (let column = 0; column < width; column++) {
        if (!same(expectedRow[column], actualRow[column])) {
          differ({ row: rows, column, expected: expectedRow[column], actual: actualRow[column] });
        }
      }
      values += width;
    }
    rows++;
  }
  for (let next = await actualRows.next(); next.done !== true; next = await actualRows.next()) {
    differ({ row: rows++, column: undefined, expected: undefined, actual: next.value });
  }
  return { rows, values, differences, examples };
}

/** A decoded row as DuckDB gives it: moments as milliseconds; everything else as it is. */
export function comparableRow(row: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.values(row).map((value) => (value instanceof Date ? BigInt(value.getTime()) : value));
}

function same(expected: unknown, actual: unknown): boolean {
  return Object.is(expected, actual);
}
