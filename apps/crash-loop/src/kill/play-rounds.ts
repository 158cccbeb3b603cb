import { type Lane, openLane } from "../world/lane.ts";
import type { SourceFile } from "../world/source-file.ts";

/** Which rounds are played, and how many at a time. */
export interface RoundRange<Result> {
  /** The first of them to be done. */
  readonly from: number;
  /** The first of them not to be done any more. */
  readonly until: number;
  /** Rounds at a time, each with an emulator of its own. */
  readonly lanes: number;
  readonly onRound?: (done: number, result: Result) => void;
}

/** What is played. */
export interface Play<Usual, Result> {
  /** Writes the source of a lane. */
  prepare(lane: Lane): Promise<SourceFile>;
  /** What is known of an undisturbed upload; once, for all lanes. */
  measure(lane: Lane, source: SourceFile): Promise<Usual>;
  play(lane: Lane, source: SourceFile, usual: Usual, round: number): Promise<Result>;
  /** A round that could not be played. */
  failed(error: Error, round: number): Result;
}

/** Plays rounds in several lanes; gives what each came to. A lane in which something was wrong leaves its directory. */
export async function playRounds<Usual, Result extends { readonly problem?: string }>(
  { from, until, lanes, onRound }: RoundRange<Result>,
  { prepare, measure, play, failed }: Play<Usual, Result>,
): Promise<readonly Result[]> {
  const waiting = Array.from({ length: until - from }, (_, index) => from + index);
  const results: Result[] = [];
  const measured = Promise.withResolvers<Usual>();
  await Promise.all(
    Array.from({ length: Math.min(lanes, waiting.length) }, async (_, number) => {
      let keep = false;
      await using lane = await openLane(() => keep);
      const source = await prepare(lane);
      if (number === 0) measure(lane, source).then(measured.resolve, measured.reject);
      const usual = await measured.promise;
      for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
        const at = round;
        const result = await play(lane, source, usual, at).catch((error: Error) => failed(error, at));
        const { problem } = result;
        keep ||= problem !== undefined;
        results.push(
          problem === undefined ? result : { ...result, problem: `${problem} (${lane.directory})` },
        );
        onRound?.(results.length, result);
      }
    }),
  );
  return results;
}
