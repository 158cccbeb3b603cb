import { expect, it } from "vitest";
import { gate, turn } from "../../test/memory-sink.ts";
import { BlockQueue } from "./block-queue.ts";

it("runs so many blocks at a time and the others in order of arrival", async () => {
  const gates = [gate(), gate(), gate(), gate()];
  const log: string[] = [];
  const queue = new BlockQueue<number>(2, async (block) => {
    log.push(`start ${block}`);
    await gates[block]?.opened;
    log.push(`end ${block}`);
  });
  expect(queue.push(0)).toBeUndefined();
  expect(queue.push(1)).toBeUndefined();
  expect(queue.hasRoom).toBe(false);
  const thirdStarted = queue.push(2);
  const fourthStarted = queue.push(3);
  await turn();
  expect(log).toEqual(["start 0", "start 1"]);
  gates[1]?.open();
  await thirdStarted;
  expect(log).toEqual(["start 0", "start 1", "end 1", "start 2"]);
  for (const each of gates) each.open();
  await fourthStarted;
  await queue.drained();
  expect(log.slice(4).sort()).toEqual(["end 0", "end 2", "end 3", "start 3"]);
  expect(queue.size).toBe(0);
});

it("drops what has not started, and tells those who wait for it", async () => {
  const first = gate();
  const ran: string[] = [];
  const queue = new BlockQueue<string>(1, async (block) => {
    ran.push(block);
    await first.opened;
  });
  queue.push("a");
  const b = queue.push("b");
  expect(queue.dropWaiting()).toEqual(["b"]);
  await b;
  first.open();
  await queue.drained();
  expect(ran).toEqual(["a"]);
});
