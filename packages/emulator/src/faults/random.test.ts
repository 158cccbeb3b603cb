import { expect, it } from "vitest";
import { draw, drawBytes } from "./random.ts";

it("draws the same numbers from the same seed, and others from another", () => {
  const row = (seed: number): number[] => {
    let state = seed;
    return Array.from({ length: 3 }, () => {
      const drawn = draw(state);
      state = drawn.state;
      return drawn.value;
    });
  };
  // The first numbers of Mulberry32 with seed 1, as its author's C code gives them.
  expect(row(1)).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  expect(row(2)).not.toEqual(row(1));
});

it("draws bytes from the whole range", () => {
  const bytes = drawBytes(7, 10_000);
  expect(new Set(bytes).size).toBe(256);
  expect(drawBytes(7, 10_000)).toEqual(bytes);
});
