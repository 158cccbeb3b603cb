import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ClientKind } from "../world/client.ts";
import { openLane } from "../world/lane.ts";
import { writeSource } from "../world/source-file.ts";
import { canMount, diskScenes, mountingPrefix } from "./disk-scenes.ts";
import { troubleJournals } from "./journal-scene.ts";
import { type Scene, setStage } from "./stage.ts";
import { timeScenes } from "./time-scenes.ts";

/** `scenes`: plays disasters of clocks, gaps and disks, one by one; true when each ended as promised. */
export async function scenes(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { client: { type: "string", default: "both" }, only: { type: "string" } },
  });
  const only = values.only === undefined ? undefined : new RegExp(values.only);
  const prefix = canMount ? undefined : mountingPrefix();
  if (prefix !== undefined) return again(prefix, args);
  if (!canMount)
    process.stdout.write(
      "skipped  full disks: mounting a small one takes rights that this user does not have\n",
    );
  const began = performance.now();
  let good = 0;
  let all = 0;
  let keep = false;
  await using lane = await openLane(() => keep, { options: ["--control"] });
  const source = await writeSource(join(lane.directory, "source.csv"), 8_000, 5);
  const play = async (name: string, work: () => Promise<string>): Promise<void> => {
    if (only?.test(name) === false) return;
    all += 1;
    const startedAt = performance.now();
    const said = await work().then(
      (what) => ({ ok: true, what }),
      (error: unknown) => ({ ok: false, what: `${(error as Error).message} (${lane.directory})` }),
    );
    if (said.ok) good += 1;
    else keep = true;
    const lasted = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${said.ok ? "ok   " : "WRONG"} ${lasted} s  ${name}: ${said.what}\n`);
  };
  const clients: readonly ClientKind[] =
    values.client === "both" ? ["mctunnel", "library"] : [values.client as ClientKind];
  let number = 0;
  for (const { name, play: act } of [...diskScenes, ...timeScenes] satisfies readonly Scene[]) {
    number += 1;
    for (const client of clients) {
      const table = `scene${number}_${client}`;
      await play(`${client}: ${name}`, async () => await act(await setStage(lane, source, client, table)));
    }
  }
  for (const client of clients) {
    await play(
      `${client}: the disk under the journal fails at every operation (EIO, ENOSPC, EROFS)`,
      async () => {
        const small = await writeSource(join(lane.directory, "small.csv"), 1_200, 6);
        return await troubleJournals(lane, small, client);
      },
    );
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${good} of ${all} scenes ended as promised, and the table was the source (${seconds} s)\n`,
  );
  return good === all;
}

/** The same command where it may mount. */
function again(prefix: readonly string[], args: readonly string[]): boolean {
  const [command = "", ...rest] = prefix;
  const program = [process.execPath, process.argv[1] ?? "", "scenes", ...args];
  const { status } = spawnSync(command, [...rest, ...program], {
    stdio: "inherit",
    env: { ...process.env, DISASTERS_MAY_MOUNT: "yes" },
  });
  return status === 0;
}
