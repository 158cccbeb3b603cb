import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { createTunnel, type TableTunnel } from "maxcompute-tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientProcess } from "./client-process.ts";
import { features } from "./features/index.ts";
import { expectRefused } from "./features/refusals.ts";
import { clientNames, renderMatrix } from "./matrix.ts";
import { type ClientName, type Prepared, prepareClient } from "./toolchains.ts";

const required = process.env["REQUIRE_INTEROP"] === "1";
const reports = fileURLToPath(new URL("../reports/", import.meta.url));
const page = fileURLToPath(new URL("../../../docs/interop.md", import.meta.url));

const prepared = new Map<ClientName, Prepared>();
const skipped: string[] = [];
for (const name of clientNames) {
  const found = await prepareClient(name);
  prepared.set(name, found);
  if (found.kind === "absent") skipped.push(`interop ${name}: skipped, ${found.why}\n`);
}
// The root test script repeats these lines: what was not run must be seen.
await mkdir(reports, { recursive: true });
await writeFile(`${reports}notes.txt`, skipped.join(""));
const versions: Partial<Record<ClientName, string>> = {};

for (const name of clientNames) {
  const client = prepared.get(name);
  const absent = client?.kind !== "ready";
  it.runIf(absent && required)(`interop ${name} is not skipped where it is required`, () => {
    expect(client).toMatchObject({ kind: "ready" });
  });
  if (client?.kind !== "ready") continue;

  describe(name, () => {
    let emulator: RunningEmulator;
    let ours: TableTunnel;
    let official: ClientProcess;
    let tables = 0;
    const others: ClientProcess[] = [];

    beforeAll(async () => {
      emulator = await startEmulator({ project: "interop" });
      ours = createTunnel({
        endpoint: `${emulator.endpoint}/api`,
        project: emulator.project,
        credentials: {
          kind: "access-key",
          accessKeyId: emulator.accessKeyId,
          accessKeySecret: emulator.accessKeySecret,
        },
      });
      official = new ClientProcess(client.command);
      const { version } = await official.call(initialise(emulator));
      versions[name] = String(version);
    });

    afterAll(async () => {
      await Promise.all([official, ...others].map((process) => process?.close()));
      await ours?.close();
      await emulator?.close();
    });

    for (const feature of features) {
      if (feature.absent?.[name] !== undefined) continue;
      const defect = feature.defects?.[name];
      it(`${feature.group}: ${feature.name}${defect === undefined ? "" : ` (defect: ${defect.why})`}`, async () => {
        const run = feature.run({
          client: official,
          inSchema: async (schema) => {
            const other = new ClientProcess(client.command);
            others.push(other);
            await other.call({ ...initialise(emulator), schema });
            return other;
          },
          emulator,
          ours,
          table: (stem) => `${stem}_${++tables}`,
        });
        if (defect === undefined) {
          await run;
        } else {
          await expect(run).rejects.toThrow(defect.message);
          await defect.reproduce(official);
        }
      });
    }

    it("is refused with a wrong key", async () => {
      const stranger = new ClientProcess(client.command);
      try {
        await stranger.call({ ...initialise(emulator), accessKey: "wrong" });
        await expectRefused(
          stranger.ask({ op: "upload", table: "up_1", writer: "records", blocks: [[]] }),
          /SignatureNotMatch|InvalidAccessKey|Unauthorized|AccessDenied|signature|ODPS-0410/i,
        );
      } finally {
        await stranger.close();
      }
    });

    it("signs with V4 when it is told a region", async () => {
      const regional = new ClientProcess(client.command);
      try {
        await regional.call({ ...initialise(emulator), region: "cn-hangzhou" });
        await regional.call({
          op: "create-table",
          table: `v4_${name}`,
          columns: [{ name: "id", type: "bigint" }],
        });
        await regional.call({ op: "upload", table: `v4_${name}`, writer: "records", blocks: [[["1"]]] });
        expect(await emulator.readRows(`v4_${name}`)).toEqual([{ id: 1n }]);
      } finally {
        await regional.close();
      }
    });
  });
}

it.runIf([...prepared.values()].every(({ kind }) => kind === "ready"))(
  "the page says what was run",
  async () => {
    const wanted = renderMatrix(features, versions as Record<ClientName, string>);
    if (process.env["CI"] === undefined) await writeFile(page, wanted);
    expect(await readFile(page, "utf8")).toBe(wanted);
  },
);

function initialise(emulator: RunningEmulator): Readonly<Record<string, unknown>> {
  return {
    op: "init",
    endpoint: `${emulator.endpoint}/api`,
    project: emulator.project,
    accessId: emulator.accessKeyId,
    accessKey: emulator.accessKeySecret,
  };
}
