import { frameArrow, isCodecError, unframeArrow } from "@maxcompute-tunnel/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArrowCase, arrowCases } from "../../../test/support/arrow-golden.ts";
import { Refusal } from "../../refusal.ts";
import type { TableColumn } from "../../storage/state.ts";
import { arrowIntake } from "./arrow-intake.ts";
import { conventionsOf } from "./conventions.ts";

const cases = arrowCases();
const conventions = conventionsOf("pyodps/0.13.2");

describe("what is taken in from hostile Arrow bodies", () => {
  it.each(cases)("$name with bytes changed is refused, or is some rows of the table", async (golden) => {
    const payload = unframeArrow(golden.framed);
    await fc.assert(
      fc.asyncProperty(changesOf(payload.length), async (changes) => {
        const damaged = Uint8Array.from(payload);
        for (const [at, value] of changes) {
          damaged[at] = value;
        }
        const outcome = await takeIn(golden, damaged);
        expect(outcome.refused || outcome.bytes < 40 * payload.length + 64).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each(cases.filter(({ rows }) => rows.length > 0))(
    "$name with any 32-bit word of its first message pushed to an extreme is refused, or is some rows",
    async (golden) => {
      const payload = unframeArrow(golden.framed);
      const end = Math.min(payload.length, 1024) - 4;
      for (const value of [0x7fffffff, 0xffffffff, 0x80000000, 1]) {
        for (let at = 0; at <= end; at += 4) {
          const damaged = Uint8Array.from(payload);
          new DataView(damaged.buffer).setUint32(at, value, true);
          const outcome = await takeIn(golden, damaged);
          expect(outcome.refused || outcome.bytes < 40 * payload.length + 64).toBe(true);
        }
      }
    },
  );

  it("gives the same rows however the body is cut", async () => {
    const golden = cases.find(({ name }) => name === "sliced_batch");
    expect(golden).toBeDefined();
    if (golden !== undefined) {
      const payload = unframeArrow(golden.framed);
      const whole = await takeIn(golden, payload);
      for (const [chunkBytes, pieceBytes] of [
        [16, 1],
        [7, 5],
        [65_536, 3],
      ] as const) {
        expect(await takeIn(golden, payload, chunkBytes, pieceBytes)).toEqual(whole);
      }
    }
  });
});

function changesOf(length: number): fc.Arbitrary<[number, number][]> {
  const place = fc.nat({ max: Math.max(0, length - 1) });
  return fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 });
}

async function takeIn(
  { schema }: ArrowCase,
  payload: Uint8Array,
  chunkBytes = 65_536,
  pieceBytes = 128 * 1024,
): Promise<{ readonly refused: boolean; readonly bytes: number; readonly rows: number }> {
  const columns: TableColumn[] = schema.map(({ name, type }) => ({
    name,
    type,
    nullable: true,
    comment: "",
  }));
  let bytes = 0;
  const intake = arrowIntake(
    columns,
    conventions,
  )(async (written) => {
    bytes += written.length;
  });
  const framed = frameArrow(payload, { chunkBytes });
  try {
    for (let at = 0; at < framed.length; at += pieceBytes) {
      await intake.take(framed.subarray(at, at + pieceBytes));
    }
    const { recordCount } = await intake.end();
    return { refused: false, bytes, rows: recordCount };
  } catch (error) {
    if (error instanceof Refusal || isCodecError(error)) {
      return { refused: true, bytes, rows: 0 };
    }
    throw error;
  }
}
