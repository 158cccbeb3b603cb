import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Client, ClientWorld } from "../world/client.ts";
import { amid, outcomeOf, type Scene, type Stage, when } from "./stage.ts";

const hourMs = 3_600_000;

/** A world whose clock is wrong: so much from the start, and from some milliseconds later on something else. */
function clock(...shifts: readonly (readonly [afterMs: number, byMs: number])[]): ClientWorld {
  const shiftedClock = fileURLToPath(new URL("../world/shifted-clock.js", import.meta.url));
  return { preload: [shiftedClock], env: { CLOCK_SHIFTS: shifts.map((shift) => shift.join(":")).join(",") } };
}

/** Kills the client amid its blocks. */
async function killAmid(
  stage: Stage,
  victim: (client: Client) => void | Promise<void>,
  world?: ClientWorld,
): Promise<void> {
  const client = stage.start(world);
  stage.lane.gate.keeper = when(amid, () => victim(client));
  await stage.settled(client);
}

/** Stops a client as a lid that is closed does, lets time pass at the server, and wakes it. */
async function sleep(stage: Stage, ms: number): Promise<string> {
  const client = stage.start();
  stage.lane.gate.keeper = when(amid, async () => {
    client.child.kill("SIGSTOP");
    await stage.advance(ms);
    await wait(50);
    client.child.kill("SIGCONT");
  });
  const end = await stage.settled(client);
  if (end.exitCode !== 0) throw new Error(`it did not survive: ${outcomeOf(end)}`);
  return "success in the same run";
}

/** What clocks and long gaps do. */
export const timeScenes: readonly Scene[] = [
  {
    name: "the client's clock is an hour ahead, then right",
    async play(stage) {
      const end = await stage.settled(stage.start(clock([0, hourMs])));
      await stage.finish();
      return `${outcomeOf(end)}; then success`;
    },
  },
  ...([hourMs, -hourMs, 26 * hourMs, -26 * hourMs] as const).map((byMs): Scene => {
    return {
      name: `the client's clock jumps by ${byMs / hourMs} h amid the upload`,
      async play(stage) {
        let began = performance.now();
        const probe = stage.start(clock());
        stage.lane.gate.keeper = when(
          ({ asked }, step) => asked === "put block" && step === "arrived",
          () => {
            began = performance.now() - began;
            probe.child.kill("SIGKILL");
          },
        );
        await stage.settled(probe);
        const end = await stage.settled(stage.start(clock([Math.floor(began), byMs])));
        const last = await stage.finish();
        return `${outcomeOf(end)}; then ${outcomeOf(last)}`;
      },
    };
  }),
  {
    name: "the clock is ten minutes behind when the upload goes on",
    async play(stage) {
      await killAmid(stage, (client) => void client.child.kill("SIGKILL"));
      await stage.finish(clock([0, -hourMs / 6]));
      return "success";
    },
  },
  {
    name: "the clock is 25 h ahead when the upload goes on, then right",
    async play(stage) {
      await killAmid(stage, (client) => void client.child.kill("SIGKILL"));
      const end = await stage.settled(stage.start(clock([0, 25 * hourMs])));
      stage.lane.gate.reset();
      await stage.finish();
      const begun = stage.lane.gate.counts.get("create session") ?? 0;
      if (begun > 0) throw new Error("another session was begun, and the old one was still good");
      return `${outcomeOf(end)}; then success in the same session`;
    },
  },
  {
    name: "25 h pass, for both sides, between a crash and going on",
    async play(stage) {
      await killAmid(stage, (client) => void client.child.kill("SIGKILL"));
      const { lane } = stage;
      await lane.killEmulator();
      await lane.startEmulator({ ...clock([0, 25 * hourMs]), options: ["--control"] });
      lane.gate.reset();
      const end = await stage.start(clock([0, 25 * hourMs])).ended;
      const begun = lane.gate.counts.get("create session") ?? 0;
      // The table is looked at by the time that is.
      await lane.killEmulator();
      await lane.startEmulator();
      if (end.exitCode !== 0) throw new Error(`it does not go on: ${outcomeOf(end)}`);
      await stage.finish();
      if (begun !== 1) throw new Error(`${begun} sessions were begun, not one`);
      return "success in another session";
    },
  },
  {
    name: "25 h pass at the server alone between a crash and going on",
    async play(stage) {
      await killAmid(stage, (client) => void client.child.kill("SIGKILL"));
      await stage.advance(25 * hourMs);
      await stage.finish();
      return "success in another session";
    },
  },
  {
    name: "25 h pass after a commit whose answer was lost",
    async play(stage) {
      const client = stage.start();
      stage.lane.gate.keeper = when(
        ({ asked }, step) => asked === "commit" && step === "answer",
        () => void client.child.kill("SIGKILL"),
      );
      await stage.settled(client);
      await stage.advance(25 * hourMs);
      const end = await stage.settled(stage.start());
      if (end.exitCode !== 0 && end.exitCode !== 6) throw new Error(outcomeOf(end));
      return outcomeOf(end);
    },
  },
  { name: "the laptop sleeps for 119 s in the middle of a block", play: (stage) => sleep(stage, 119_000) },
  {
    name: "the laptop sleeps for 121 s: the server gives up the block",
    play: (stage) => sleep(stage, 121_000),
  },
  { name: "the laptop sleeps for ten minutes: idle connections end", play: (stage) => sleep(stage, 601_000) },
  { name: "the laptop sleeps for 25 h: the session expires", play: (stage) => sleep(stage, 25 * hourMs) },
];
