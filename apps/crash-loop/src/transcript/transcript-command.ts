import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ClientEnd, mctunnelArguments, startClient, type UploadOrder } from "../world/client.ts";
import { openLane } from "../world/lane.ts";
import { writeSource } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";

/**
 * `transcript [FILE]`: an upload that is killed at 90 %, a file that has changed, and a job that is run twice, as they
 * look in a terminal. True when all ended as they should.
 */
export async function transcript([file]: readonly string[]): Promise<boolean> {
  await using lane = await openLane(() => false);
  const source = await writeSource(join(lane.directory, "orders.csv"), 20_000, 9);
  const lines: string[] = [];
  let isGood = true;
  const say = (text: string): void => {
    for (const line of text.split("\n")) lines.push(line);
    process.stdout.write(`${text}\n`);
  };
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    say(`# ${what}: ${found}`);
    if (found === wanted) return;
    isGood = false;
    say(`# WRONG: expected ${wanted}`);
  };
  const run = async (
    order: UploadOrder,
    what: "upload" | "resume",
    killAtBlock?: number,
  ): Promise<ClientEnd> => {
    lane.gate.reset();
    const shown = mctunnelArguments({ ...order, files: ["orders.csv"] }, what).join(" ");
    say(`$ mctunnel ${shown}`);
    const client = startClient("mctunnel", order, what, { forPeople: true, cwd: lane.directory });
    lane.gate.keeper = {
      allowance: ({ asked, index, bodyBytes }) =>
        asked === "put block" && index === killAtBlock ? Math.floor(bodyBytes / 2) : Number.POSITIVE_INFINITY,
      step: (_, step) => {
        if (step === "cut") client.child.kill("SIGKILL");
        return step !== "cut";
      },
    };
    const end = await client.ended;
    const text = (end.stderr + end.stdout).replaceAll(lane.directory, "/home/ada").trim();
    if (text !== "") say(text);
    say(end.signal === null ? `# exit code ${end.exitCode}` : `# killed by ${end.signal}`);
    say(`# blocks sent in this run: ${lane.gate.counts.get("put block") ?? 0}`);
    return end;
  };
  const state = async (table: string): Promise<string> => {
    const found = await compareTable(lane.emulator, table, source);
    return found.kind === "exact"
      ? "each row of the source once"
      : found.kind === "empty"
        ? "no row"
        : found.what;
  };
  const order = async (table: string): Promise<UploadOrder> => ({
    ...(await lane.order(table, source)),
    files: ["orders.csv"],
    blockBytes: 48 * 1024,
    parallel: 2,
  });

  say("# An upload of 49 blocks is killed (kill -9) in the middle of the 45th, and goes on.");
  const first = await order("orders");
  await run(first, "upload", 44);
  const sentBefore = lane.gate.counts.get("put block") ?? 0;
  expect("the table holds", await state("orders"), "no row");
  const second = await run(first, "resume");
  expect("exit code", second.exitCode, 0);
  const again = sentBefore + (lane.gate.counts.get("put block") ?? 0) - 49;
  say(`# blocks sent again: ${again} (two were in flight)`);
  if (again > 2) isGood = false;
  expect("the table holds", await state("orders"), "each row of the source once");

  say("\n# The same, but the file is changed before it goes on: it is refused.");
  const changed = await order("changed");
  await run(changed, "upload", 44);
  const text = await readFile(source.path, "utf8");
  await writeFile(source.path, text.replace("größer", "grösser"));
  const refused = await run(changed, "resume");
  expect("refused", refused.exitCode !== 0, true);
  expect("the table holds", await state("changed"), "no row");
  await writeFile(source.path, text);

  say("\n# The same job twice: one load.");
  const job: UploadOrder = { ...(await order("job")), job: "orders-2026-11-21" };
  await run(job, "upload");
  expect("the table holds", await state("job"), "each row of the source once");
  const twice = await run(job, "upload");
  expect("exit code", twice.exitCode, 0);
  expect("blocks sent again", lane.gate.counts.get("put block") ?? 0, 0);
  expect("the table holds", await state("job"), "each row of the source once");

  if (file !== undefined && isGood) {
    const words =
      "Made by `pnpm disasters -- transcript FILE`: the real command, the emulator in a process of its own, a real disk.";
    await writeFile(
      file,
      `# Killed, changed, and run twice\n\n${words}\n\n\`\`\`console\n${lines.join("\n")}\n\`\`\`\n`,
    );
  }
  return isGood;
}
