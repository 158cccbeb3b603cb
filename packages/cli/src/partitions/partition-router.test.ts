import { decodeRecords, encodeRecords } from "@maxcompute-tunnel/codec";
import { ArrowPack, type ColumnBatch, decodeColumns } from "@maxcompute-tunnel/codec/arrow";
import { describe, expect, it } from "vitest";
import { PartitionRouter, type PickedRows } from "./partition-router.ts";
import { partitionRule } from "./partition-rule.ts";

const columns = [
  { name: "id", type: "bigint", nullable: true },
  { name: "text", type: "string", nullable: true },
];
const rule = partitionRule(["dt"], {
  name: "p.t",
  columns,
  partitionKeys: [{ name: "dt", type: "string" }],
});

function batchOf(days: readonly string[]): ColumnBatch {
  const rows = days.map((dt, id) => ({ id: BigInt(id), text: `text ${id}`, dt }));
  const [batch] = decodeColumns(rule.readColumns, encodeRecords(rule.readColumns, rows), {
    instants: "fields",
  });
  return batch!;
}

function idsOf({ batch, from, to }: PickedRows): readonly number[] {
  const pack = new ArrowPack(columns);
  pack.append(batch, from, to);
  const rows = decodeRecords(columns, Buffer.concat(pack.seal().chunks)) as { id: bigint; text: string }[];
  for (const { id, text } of rows) expect(text).toBe(`text ${id}`);
  return rows.map(({ id }) => Number(id));
}

describe("rows of a batch", () => {
  it("go to their partitions in their order, the partition that comes first in the batch first", () => {
    const routed = new PartitionRouter(rule, 10).route(batchOf(["b", "a", "b", "c", "a", "b"]));
    expect(routed.map(({ partition, count }) => [partition, count])).toEqual([
      ["dt=b", 3],
      ["dt=a", 2],
      ["dt=c", 1],
    ]);
    expect(routed.map((rows) => idsOf(rows.pick()))).toEqual([[0, 2, 5], [1, 4], [3]]);
  });

  it("are not copied where they lie together", () => {
    const batch = batchOf(["a", "a", "b", "b", "b"]);
    const routed = new PartitionRouter(rule, 10).route(batch);
    const picked = routed.map((rows) => rows.pick());
    expect(picked.map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [2, 5],
    ]);
    for (const { batch: own } of picked) expect(own.data.children[0]).toBe(batch.data.children[0]);
  });

  it("of a later batch find the partitions that there are", () => {
    const router = new PartitionRouter(rule, 2);
    router.route(batchOf(["a", "b"]));
    const routed = router.route(batchOf(["b", "b", "a", "b"]));
    expect(routed.map(({ partition }) => partition)).toEqual(["dt=b", "dt=a"]);
    expect(routed.map((rows) => idsOf(rows.pick()))).toEqual([[0, 1, 3], [2]]);
    expect(() => router.route(batchOf(["c"]))).toThrow("more than 2 partitions");
  });
});
