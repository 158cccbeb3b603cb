import { rejection } from "@maxcompute-tunnel/testkit";
import { expect, it } from "vitest";
import { isFilesError } from "../errors.ts";
import type { EncodeTask } from "../format/format.ts";
import { WorkerPool } from "./worker-pool.ts";

/** A task that no thread survives: its format is none. */
const impossible = { format: "none", fixed: [] } as unknown as EncodeTask;

it("reports what a task fails with and goes on with others", async () => {
  const pool = new WorkerPool(1);
  try {
    const [one, other] = [pool.start(impossible), pool.start(impossible)];
    for (const task of [one, other]) await expect(task.next()).rejects.toThrow("undefined");
  } finally {
    await pool.close();
  }
});

it.each([
  {
    code: 'import("node:worker_threads").then((w) => w.parentPort.once("message", () => process.exit(3)))',
    why: "exit code 3",
  },
  { code: 'throw new Error("out of luck")', why: "out of luck" },
])("fails every task when a thread dies: $why", async ({ code, why }) => {
  const pool = new WorkerPool(2, new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  try {
    const failures = [1, 2, 3].map(() => rejection(pool.start(impossible).next(), isFilesError));
    for (const failure of failures) {
      expect(await failure).toMatchObject({ code: "worker-died", message: `A worker thread ended: ${why}.` });
    }
  } finally {
    await pool.close();
  }
});

it("fails every task when all threads are ended", async () => {
  const pool = new WorkerPool(2);
  const tasks = [1, 2, 3].map(() => pool.start({ ...impossible, input: undefined as never }));
  const failures = tasks.map((task) => rejection(task.next(), (error) => error instanceof Error));
  await pool.close();
  for (const failure of failures) expect(await failure).toBeInstanceOf(Error);
  const late = await rejection(pool.start(impossible).next(), isFilesError);
  expect(late.code).toBe("worker-died");
});
