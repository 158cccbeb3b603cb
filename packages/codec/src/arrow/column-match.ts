import { CodecError } from "../errors.ts";

/** How a batch's columns find the table's. */
export interface ColumnMatching {
  readonly match: "name" | "position";
  readonly unknown: "error" | "ignore";
}

/**
 * By table column: the index of the batch's column that feeds it; -1 for none.
 *
 * @throws CodecError `unknown-property`, `duplicate-property`, `too-many-values`
 */
export function matchColumns(
  names: readonly string[],
  fields: readonly { readonly name: string }[],
  { match, unknown }: ColumnMatching,
  what = "column",
): readonly number[] {
  if (match === "position") {
    if (fields.length > names.length && unknown === "error") {
      const expected = `at most ${names.length} ${what}s`;
      throw new CodecError("too-many-values", `Expected ${expected}, got ${fields.length}`, { expected });
    }
    return names.map((_, index) => (index < fields.length ? index : -1));
  }
  const sources = names.map(() => -1);
  const wanted = new Map(names.map((name, index) => [name.toLowerCase(), index]));
  fields.forEach(({ name }, source) => {
    const index = wanted.get(name.toLowerCase());
    if (index === undefined) {
      if (unknown === "ignore") return;
      const expected = `the name of a ${what}`;
      throw new CodecError("unknown-property", `Expected ${expected}, got ${JSON.stringify(name)}`, {
        expected,
        value: name,
      });
    }
    if (sources[index] !== -1) {
      const expected = `each ${what} once`;
      const message = `Expected ${expected}, got ${JSON.stringify(name)} again`;
      throw new CodecError("duplicate-property", message, { expected, value: name });
    }
    sources[index] = source;
  });
  return sources;
}
