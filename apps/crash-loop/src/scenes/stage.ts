import { setTimeout as wait } from "node:timers/promises";
import {
  type Client,
  type ClientEnd,
  type ClientKind,
  type ClientWorld,
  startClient,
  type UploadOrder,
} from "../world/client.ts";
import { type GateKeeper, openGate, type Passage, type Step } from "../world/gate.ts";
import type { Lane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";
import { compareTable } from "../world/table.ts";

/** Where scenes play: one upload each, by name, so that it can go on. */
export interface Stage {
  readonly lane: Lane;
  readonly source: SourceFile;
  readonly client: ClientKind;
  readonly order: UploadOrder;
  /** Starts a run of the upload. */
  start(world?: ClientWorld): Client;
  /** Waits until a run has ended, and holds what it says against the table. */
  settled(client: Client): Promise<ClientEnd>;
  /** Runs the upload, which must succeed; the table is the source then. */
  finish(world?: ClientWorld): Promise<ClientEnd>;
  /** Puts the emulator's time forward. */
  advance(ms: number): Promise<void>;
}

/** A disaster with a name. It throws when something is not as promised, and else says what happened. */
export interface Scene {
  readonly name: string;
  play(stage: Stage): Promise<string>;
}

/** Sets the stage for one scene. */
export async function setStage(
  lane: Lane,
  source: SourceFile,
  client: ClientKind,
  table: string,
  change: Partial<UploadOrder> = {},
): Promise<Stage> {
  const made = await lane.order(table, source);
  const order: UploadOrder = { ...made, job: table, blockBytes: 24 * 1024, parallel: 2, ...change };
  lane.gate.keeper = openGate;
  lane.gate.reset();
  const start = (world: ClientWorld = {}): Client => startClient(client, order, "upload", world);
  const settled = async (run: Client): Promise<ClientEnd> => {
    const end = await Promise.race([run.ended, wait(200_000, undefined, { ref: false })]);
    if (end === undefined) {
      run.child.kill("SIGKILL");
      throw new Error("it hung");
    }
    const { kind } = await compareTable(lane.emulator, table, source);
    const mayBeEither = end.signal !== null || end.exitCode === 6;
    const promised =
      end.exitCode === 0 ? kind === "exact" : kind === "empty" || (mayBeEither && kind === "exact");
    if (!promised) throw new Error(`${outcomeOf(end)}, and the table is ${kind}`);
    return end;
  };
  return {
    lane,
    source,
    client,
    order,
    start,
    settled,
    async finish(world) {
      const end = await settled(start(world));
      if (end.exitCode !== 0) throw new Error(`it does not go on: ${outcomeOf(end)}`);
      return end;
    },
    async advance(ms) {
      const answer = await fetch(`${lane.emulator.endpoint}/__emulator/clock`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ advanceMs: ms }),
      });
      if (!answer.ok) throw new Error(`the clock was not put forward: ${await answer.text()}`);
    },
  };
}

/** How a run ended, in a line. */
export function outcomeOf({ exitCode, signal, stderr }: ClientEnd): string {
  if (exitCode === 0) return "success";
  const words = stderr.split("\n").find((line) => /^(?:error|[a-z-]+): /.test(line)) ?? stderr.trim();
  return `${signal ?? `exit ${exitCode}`}: ${words.slice(0, 160)}`;
}

/** Does something once, when a request comes to a step; the request waits for it. */
export function when(
  isIt: (passage: Passage, step: Step) => boolean,
  act: () => void | Promise<void>,
): GateKeeper & { readonly done: Promise<void> } {
  const done = Promise.withResolvers<void>();
  let isDone = false;
  return {
    done: done.promise,
    async step(passage, step) {
      if (isDone || !isIt(passage, step)) return true;
      isDone = true;
      await act();
      done.resolve();
      return true;
    },
    // The middle of the tenth block.
    allowance: (passage, passed) =>
      !isDone && passage.asked === "put block" && passage.index === 10 && passed < 9_000
        ? 9_000 - passed
        : Number.POSITIVE_INFINITY,
  };
}

/** The middle of the tenth block. */
export function amid({ asked, index }: Passage, step: Step): boolean {
  return asked === "put block" && index === 10 && step === "cut";
}
