import { flightsCsv, syntheticCsv } from "../data/files.ts";
import { flightsTable, syntheticTable } from "../data/tables.ts";
import { type Contender, ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import { manyRounds, type Suite } from "./suite.ts";

/** Files → blocks, by one thread and by two. */
export const threadsSuite: Suite = async (context) => {
  const { short } = context;
  const files = [
    ["flights", await flightsCsv(short ? 2_000 : 3_000_000), flightsTable],
    ["a gigabyte of ten columns", await syntheticCsv("plain", short ? 2_000 : 7_200_000), syntheticTable],
  ] as const;
  const contenders = files.flatMap(([label, { path }, { columns, name }]) =>
    [1, 2].map(
      (workers): Contender => ({
        id: `${name}-${workers}`,
        label: `${label}, ${workers === 1 ? "the main thread" : `${workers} worker threads`}`,
        program: ownLoop("ours/read-blocks.js", { path, columns, workers }),
      }),
    ),
  );
  return {
    id: "threads",
    title: "CSV → blocks, by threads",
    text: `\`openFileSource\`: opening, looking at the beginning, starting threads, reading ranges, checking where they meet, and handing
blocks over. Nobody sends them. Threads are started anew for each file, and a thread that has just begun has everything yet to
compile: flights are over before that has paid.`,
    bytes: "of CSV",
    lines: await measureRounds(contenders, manyRounds(context)),
  };
};
