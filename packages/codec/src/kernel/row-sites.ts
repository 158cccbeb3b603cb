// Places in the source at which rows are copied and properties stored: an engine remembers for each place which objects
// it has seen there. Not a loop, and not one function: each line is a place of its own.

export type Copy = (blank: Readonly<Record<string, unknown>>, rows: unknown[], count: number) => void;
export type Store = (rows: Record<string, unknown>[], name: string, values: readonly unknown[]) => void;

// biome-ignore-start format: a place a line
/** Each puts so many copies of a blank row into an array. */
export const copies: readonly Copy[] = [
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
  (blank, rows, count) => {
    for (let i = 0; i < count; i++) rows.push({ ...blank });
  },
];

/** Each stores values into a property of rows, one a row. */
export const stores: readonly Store[] = [
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
  (rows, name, values) => {
    for (let i = 0; i < rows.length; i++) rows[i]![name] = values[i];
  },
];
// biome-ignore-end format: a place a line
