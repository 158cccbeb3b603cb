import { describe, expect, it } from "vitest";
import { encodeFooter, joinRuns, runBetween } from "./pack-footer.ts";

// The three records of a pack that PyODPS wrote: checksums 0x565488ea, 0x88699b23, 0x47c6c9fb.
const bytes =
  "080212016180c0ff7fea91d2b205080480c0ff7fa3b6a6c30812016380c0ff7ffb939bbe04f0ffff7f06f8ffff7fddebefdf08";
/** CRC-32C of the little-endian checksums of its first record, its first two, and all three. */
const running = [0x65cdab17, 0xa38c5f2, 0x8bfbf5dd];

describe("a footer", () => {
  it("is what a client writes", () => {
    const footer = encodeFooter({ recordCount: 3, checksum: 0x8bfbf5dd });
    expect(Buffer.from(footer).toString("hex")).toBe(bytes.slice(-28));
    expect(Buffer.from(encodeFooter({ recordCount: 0, checksum: 0 })).toString("hex")).toBe(
      "f0ffff7f00f8ffff7f00",
    );
  });

  it("carries metrics between count and checksum", () => {
    const metrics = '{"PanguIOCost":12,"ServerIOCost":34,"ServerTotalCost":56,"RateLimitCost":0}';
    const footer = encodeFooter({ recordCount: 3, checksum: 0x8bfbf5dd }, metrics);
    expect(Buffer.from(footer).toString("hex")).toBe(
      `f0ffff7f060a4b${Buffer.from(metrics).toString("hex")}80f0ff7f96e3a0bf0bf8ffff7fddebefdf08`,
    );
  });

  it("of two runs is that of their records together, and of a part that of the rest without the first", () => {
    const marks = running.map((checksum, index) => ({ row: index + 1, offset: 0, checksum }));
    const [one, two, three] = marks as [(typeof marks)[0], (typeof marks)[0], (typeof marks)[0]];
    const start = { row: 0, offset: 0, checksum: 0 };
    const first = runBetween(start, one);
    const second = runBetween(one, two);
    const third = runBetween(two, three);
    // Computed apart, over the four bytes of each checksum alone.
    expect([first, second, third].map(({ checksum }) => checksum)).toEqual([
      0x65cdab17, 0xd29f3f74, 0x32beddcf,
    ]);
    expect(joinRuns(joinRuns(first, second), third)).toEqual({ recordCount: 3, checksum: 0x8bfbf5dd });
    expect(joinRuns(first, joinRuns(second, third))).toEqual({ recordCount: 3, checksum: 0x8bfbf5dd });
    expect(runBetween(start, three)).toEqual({ recordCount: 3, checksum: 0x8bfbf5dd });
  });
});
