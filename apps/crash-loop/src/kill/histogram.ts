import { type KillPhase, killPhases } from "./kill-points.ts";
import type { RoundResult } from "./run-round.ts";

/** Tells how often what died when, by phase and by bytes. */
export function killHistogram(results: readonly RoundResult[]): string {
  const lines = [row("died", ["client", "emulator", "both", "in all"])];
  for (const phase of killPhases) {
    const firsts = results.flatMap(({ hits }) => hits.slice(0, 1)).filter((hit) => hit.phase === phase);
    const of = (victim: string): string => String(firsts.filter((hit) => hit.victim === victim).length);
    lines.push(row(phase, [of("client"), of("emulator"), of("both"), String(firsts.length)]));
  }
  const later = results.flatMap(({ hits }) => hits.slice(1)).length;
  lines.push(row("died once more while going on", ["", "", "", String(later)]));
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const inside = results.filter(
      ({ hits, bytesShare }) =>
        isAmidBlocks(hits[0]?.phase) && Math.min(9, Math.floor(bytesShare * 10)) === tenth,
    );
    return `${tenth * 10}%:${inside.length}`;
  });
  lines.push(`of those amid blocks, by bytes that had passed   ${tenths.join(" ")}`);
  const again = results.reduce((most, { sentAgain }) => Math.max(most, sentAgain), 0);
  const runs = results.reduce((sum, result) => sum + result.runs, 0);
  lines.push(`${runs} runs of clients; at most ${again} requests for blocks more than blocks in one round`);
  return `${lines.join("\n")}\n`;
}

/** Phases that no round died in. */
export function phasesMissed(results: readonly RoundResult[]): readonly KillPhase[] {
  const hit = new Set(results.flatMap(({ hits }) => hits.slice(0, 1)).map(({ phase }) => phase));
  return killPhases.filter((phase) => !hit.has(phase));
}

function isAmidBlocks(phase: KillPhase | undefined): boolean {
  return (
    phase !== undefined &&
    (phase.includes("block sealed") ||
      phase.includes("a block") ||
      phase === "between blocks" ||
      phase === "block sent, no answer")
  );
}

function row(what: string, cells: readonly string[]): string {
  return what.padEnd(32) + cells.map((cell) => cell.padStart(9)).join("");
}
