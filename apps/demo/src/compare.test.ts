import { describe, expect, it } from "vitest";
import { comparableRow, compareRows } from "./compare.ts";

async function* stream(...rows: readonly (readonly unknown[])[]): AsyncGenerator<readonly unknown[]> {
  yield* rows;
}

describe("compareRows", () => {
  it("counts rows and values that are equal, NULL with NULL", async () => {
    expect(await compareRows(stream([1n, "a"], [null, "b"]), stream([1n, "a"], [null, "b"]))).toEqual({
      rows: 2,
      values: 4,
      differences: 0,
      examples: [],
    });
  });

  it("tells one changed value, and where", async () => {
    const { differences, examples } = await compareRows(
      stream([1n, "a"], [2n, "b"]),
      stream([1n, "a"], [2n, "c"]),
    );
    expect(differences).toBe(1);
    expect(examples).toEqual([{ row: 1, column: 1, expected: "b", actual: "c" }]);
  });

  it("takes a number for another value than the same bigint, and NULL for another than an empty text", async () => {
    const { differences } = await compareRows(stream([1n, null]), stream([1, ""]));
    expect(differences).toBe(2);
  });

  it("finds a missing row", async () => {
    const { rows, examples } = await compareRows(stream([1], [2]), stream([1]));
    expect(rows).toBe(2);
    expect(examples).toEqual([{ row: 1, column: undefined, expected: [2], actual: undefined }]);
  });

  it("finds a row too many", async () => {
    const { examples } = await compareRows(stream([1]), stream([1], [2]));
    expect(examples).toEqual([{ row: 1, column: undefined, expected: undefined, actual: [2] }]);
  });

  it("finds a column too many and one too few", async () => {
    expect((await compareRows(stream([1]), stream([1, 2]))).differences).toBe(1);
    expect((await compareRows(stream([1, 2]), stream([1]))).differences).toBe(1);
  });

  it("finds rows that changed places", async () => {
    expect((await compareRows(stream([1], [2]), stream([2], [1]))).differences).toBe(2);
  });

  it("counts every difference but keeps five", async () => {
    const rows = Array.from({ length: 9 }, (_, index) => [index]);
    const { differences, examples } = await compareRows(
      stream(...rows),
      stream(...rows.map(([value = 0]) => [value + 1])),
    );
    expect(differences).toBe(9);
    expect(examples.length).toBe(5);
  });
});

it("writes a moment as its milliseconds", () => {
  expect(comparableRow({ at: new Date(5), id: 1n, none: null })).toEqual([5n, 1n, null]);
});
