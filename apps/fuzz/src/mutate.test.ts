import { expect, it } from "vitest";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";

const seeds = (): Uint8Array[] => [
  Buffer.from("0123456789abcdef"),
  Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
];

it("changing an input leaves the seeds as they are, Buffers too", () => {
  const given = seeds();
  for (let turn = 0; turn < 2000; turn++) mutate(new Random(turn), given, turn % 2, ["word"], turn % 3 === 0);
  expect(given).toEqual(seeds());
});

it("most changes of an input whose places matter leave its length alone", () => {
  let same = 0;
  for (let turn = 0; turn < 1000; turn++) {
    if (mutate(new Random(turn), seeds(), 1, [], true).length === 8) same++;
  }
  expect(same).toBeGreaterThan(700);
});
