import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";

/** What became of a target's inputs. */
export interface TargetResult {
  readonly name: string;
  readonly inputs: number;
  /** Inputs whose checksums were made right again. */
  readonly repaired: number;
  readonly taken: number;
  readonly refused: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

/** Told before each input, so that whoever watches knows what a hang hangs on. */
export type OnInput = (target: string, turn: number) => void;

/** Gives a target so many inputs; every one of them can be made again from the seed and its turn. */
export async function runTarget(
  target: FuzzTarget,
  inputs: number,
  seed: number,
  onInput: OnInput,
): Promise<TargetResult> {
  const start = process.cpuUsage();
  let repaired = 0;
  let bytes = 0;
  const verdicts = { taken: 0, refused: 0 };
  for (let turn = 0; turn < inputs; turn++) {
    onInput(target.name, turn);
    const made = inputOf(target, seed, turn);
    if (made.isRepaired) repaired++;
    bytes += made.bytes.length;
    try {
      const verdict = target.read(made.bytes, made.seed);
      verdicts[typeof verdict === "string" ? verdict : await verdict]++;
    } catch (error) {
      const hex = Buffer.from(made.bytes).toString("hex");
      throw new Error(
        `${target.name}, seed ${seed}, input ${turn} (of seed input ${made.seed}): ${error}\n${hex}`,
        { cause: error },
      );
    }
  }
  const { user, system } = process.cpuUsage(start);
  return { name: target.name, inputs, repaired, ...verdicts, bytes, cpuMs: (user + system) / 1000 };
}

/** Where a format has checksums, one of so many inputs is left with those that its changes made wrong. */
export const leftWrong = 8;

/** The input of a turn. */
export function inputOf(
  target: FuzzTarget,
  seed: number,
  turn: number,
): { readonly bytes: Uint8Array; readonly seed: number; readonly isRepaired: boolean } {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ turn);
  const chosen = random.below(target.seeds.length);
  const bytes = mutate(random, target.seeds, chosen, target.words ?? [], target.isPlaced);
  if (target.repair === undefined || turn % leftWrong === 0)
    return { bytes, seed: chosen, isRepaired: false };
  return { bytes: target.repair(bytes, chosen), seed: chosen, isRepaired: true };
}
