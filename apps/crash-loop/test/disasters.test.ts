import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { drawRound } from "../src/kill/draw-round.ts";
import { isReached, killPhases, placeIn } from "../src/kill/kill-points.ts";
import { drawMishap, mishapKinds } from "../src/network/draw-mishap.ts";

const program = fileURLToPath(new URL("../dist/disasters.js", import.meta.url));

/** What a command prints; it must end with 0. */
async function printed(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`Expected ${args.join(" ")} to succeed, got\n${stdout}${stderr}`);
    },
  );
  return stdout;
}

it("clients and emulators killed in every phase leave the table as the source", {
  timeout: 600_000,
}, async () => {
  const stdout = await printed("kills", "--rounds", "20", "--seed", "4");
  expect(stdout).toContain("20 of 20 rounds: the table was the source, each row once (seed 4,");
  for (const phase of killPhases) expect(stdout).toMatch(new RegExp(`^${phase} .* [1-9]\\d*$`, "m"));
});

it("a network that breaks in every way costs no row and doubles none", { timeout: 600_000 }, async () => {
  const stdout = await printed("network", "--rounds", "24", "--seed", "4");
  expect(stdout).toContain(
    "24 of 24 rounds: success or a clear error, and the table was the source in the end",
  );
});

it("a client that slept is taken back, a clock that was wrong costs nothing, and a full disk is told", {
  timeout: 600_000,
}, async () => {
  const stdout = await printed("scenes", "--only", "sleeps for (121 s|25 h)|is 25 h ahead|grow beyond 8 KiB");
  expect(stdout).toContain("8 of 8 scenes ended as promised, and the table was the source");
});

const draw = { seed: 7, rounds: 220, clients: ["mctunnel", "library"], signals: ["SIGKILL"] } as const;

it("the same seed draws the same rounds", () => {
  const rounds = Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round));
  expect(Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round))).toEqual(rounds);
  expect(drawRound({ ...draw, seed: 8 }, 0)).not.toEqual(rounds[0]);
});

it("each phase is drawn as often, and its moments are spread evenly", () => {
  const rounds = Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round));
  for (const phase of killPhases) {
    const moments = rounds.flatMap(({ deaths: [first] }) =>
      first?.point.phase === phase ? [first.point.moment] : [],
    );
    expect(moments.map((moment) => Math.floor(moment * 20))).toEqual(Array.from({ length: 20 }, (_, i) => i));
  }
});

it("a moment is a place in the bytes of all blocks", () => {
  const usual = { blocks: 40, startMs: 100 };
  const point = { phase: "in the middle of a block", moment: 0.9125 } as const;
  expect(placeIn(point, usual)).toEqual({ block: 36, part: 0.5 });
  const put = { asked: "put block", index: 36, bodyBytes: 100 } as const;
  expect(isReached(point, usual, put, "cut")).toBe(true);
  expect(isReached(point, usual, { ...put, index: 35 }, "cut")).toBe(false);
  expect(isReached(point, usual, put, "arrived")).toBe(false);
});

it("each kind of mishap is drawn in either direction, at places over all bytes", () => {
  const usual = { up: 1_000_000, down: 10_000 };
  const mishaps = Array.from({ length: 120 }, (_, round) => drawMishap(3, 120, round, usual));
  for (const { direction, kind } of mishapKinds) {
    const these = mishaps.filter((mishap) => mishap.direction === direction && mishap.effect.kind === kind);
    expect(these).toHaveLength(10);
    for (const { at } of these) {
      if ("bytes" in at) expect(at.bytes).toBeLessThan(usual[direction]);
    }
  }
});
