import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { decodeColumns } from "@maxcompute-tunnel/codec/arrow";
import { createMemoryBudget } from "@maxcompute-tunnel/writer";
import { expect, it } from "vitest";
import { PartitionLane } from "./partition-lane.ts";

const columns = [{ name: "id", type: "bigint", nullable: true }];

it("gives a block's memory back when the upload is done with it", async () => {
  const budget = createMemoryBudget(1024 * 1024);
  const fingerprint = { name: "a.csv" };
  const lane = new PartitionLane("dt=a", { fingerprint, settings: "", blockBytes: 500, budget });
  const rows = Array.from({ length: 200 }, (_, id) => ({ id: BigInt(id) }));
  const [batch] = decodeColumns(columns, encodeRecords(columns, rows), { instants: "fields" });
  const blocks = lane.source.blocks({
    ...{ columns, stored: [], again: [], compareStored: true, maxFieldBytes: 1024 },
    signal: new AbortController().signal,
  });
  const first = blocks[Symbol.asyncIterator]().next();
  await lane.begun;
  lane.put(batch!, 0, 200);
  lane.end(Promise.resolve());
  const seen: unknown[] = [];
  const take = ({ chunks, release }: Awaited<typeof first>["value"]): void => {
    seen.push(...decodeRecords(columns, Buffer.concat(chunks)));
    release!();
    for (const chunk of chunks) expect(chunk.byteLength).toBe(0);
    release!();
  };
  take((await first).value);
  for await (const block of blocks) take(block);
  expect(seen).toEqual(rows);
  expect(budget.usedBytes).toBe(0);
});
