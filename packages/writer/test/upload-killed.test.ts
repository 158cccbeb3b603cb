import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { watched } from "@maxcompute-tunnel/testkit";
import { expect, it, onTestFinished } from "vitest";
import { rowSource, runUpload, type UploadEvent } from "../src/index.ts";
import { journalDirectory } from "../src/node/index.ts";
import { counting, rows, TestService } from "./support/table.ts";

const blocks = 50;
const rowsPerBlock = 40;
const total = blocks * rowsPerBlock;
const parallel = 4;

/** The upload in a process of its own, which says a line for every block that is stored. */
function uploadElsewhere(service: TestService, table: string, journals: string): ChildProcess {
  const { endpoint, project, accessKeyId, accessKeySecret } = service.emulator;
  const script = `
    import { uploadTarget } from "@maxcompute-tunnel/session";
    import { createTransport } from "@maxcompute-tunnel/transport";
    import { rowSource, runUpload } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
    import { journalDirectory } from ${JSON.stringify(new URL("../dist/node/index.js", import.meta.url).href)};
    const { endpoint, project, accessKeyId, accessKeySecret, table, journals } = JSON.parse(process.env.UPLOAD);
    const transport = createTransport({ credentials: { kind: "access-key", accessKeyId, accessKeySecret } });
    function* rows() { for (let id = 0; id < ${total}; id++) yield { id, note: "note " + id }; }
    await runUpload(
      uploadTarget({ endpoint, transport }, { project, table }),
      rowSource(rows, { maxRows: ${rowsPerBlock} }),
      {
        job: "nightly",
        journal: journalDirectory(journals),
        parallel: ${parallel},
        onEvent: (event) => event.kind === "block-stored" && console.log(event.block.blockId),
      },
    );
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: new URL("..", import.meta.url),
    env: {
      ...process.env,
      UPLOAD: JSON.stringify({ endpoint, project, accessKeyId, accessKeySecret, table, journals }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

it("an upload of 50 blocks that is killed at 92 % sends again at most what was in flight", {
  timeout: 120_000,
}, async () => {
  const journals = await mkdtemp(join(tmpdir(), "journals-"));
  onTestFinished(() => rm(journals, { recursive: true }));
  const service = await TestService.start();
  onTestFinished(() => service.emulator.close());
  const { table, target, ids } = await service.createTable();

  // The last blocks get no answer, so that the process is killed with as many in flight as there may be.
  service.emulator.faults.add({
    match: { action: "put block", block: [46, 47, 48, 49] },
    effect: { kind: "hang", when: "before-body" },
  });
  const child = uploadElsewhere(service, table, journals);
  const killed = once(child, "exit");
  let acknowledged = 0;
  for await (const _ of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    acknowledged += 1;
    if (acknowledged === 46) child.kill("SIGKILL");
  }
  service.emulator.faults.clear();
  expect((await killed)[1]).toBe("SIGKILL");
  const [left] = await journalDirectory(journals).list();
  expect(left).toMatchObject({ job: "nightly", phase: "open" });
  expect(left?.holder).toBeUndefined();

  const putBefore = service.emulator.requests.filter((request) => request.action === "put block").length;
  const events: UploadEvent[] = [];
  const receipt = await runUpload(
    target,
    rowSource(() => rows(total), { maxRows: rowsPerBlock }),
    {
      job: "nightly",
      journal: journalDirectory(journals),
      parallel,
      onEvent: watched((event) => events.push(event)),
    },
  );
  const puts =
    service.emulator.requests.filter((request) => request.action === "put block").length - putBefore;
  const resumed = events.find((event) => event.kind === "resumed");
  // What the killed process had not begun to send has to be sent in any case.
  const sealedBefore = left?.blocksSealed ?? 0;
  const sentAgain = puts - (blocks - sealedBefore);
  expect(sealedBefore).toBeGreaterThanOrEqual(46);
  expect(sentAgain).toBeLessThanOrEqual(parallel);
  expect(resumed?.keptBlocks).toBe(46);
  expect(receipt).toMatchObject({ outcome: "committed", rows: total });
  expect(receipt.blockIds).toEqual(counting(blocks));
  expect(await ids()).toEqual(counting(total));
});
