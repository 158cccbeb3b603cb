import { flightsCsv } from "../data/files.ts";
import { type Contender, ownLoop } from "../harness/contender.ts";
import { measureRounds } from "../harness/rounds.ts";
import type { CompressPackOptions } from "../ours/compress-pack.ts";
import type { Suite } from "./suite.ts";

const levels: readonly Pick<CompressPackOptions, "algorithm" | "level">[] = [
  { algorithm: "zstd", level: 1 },
  { algorithm: "zstd", level: 3 },
  { algorithm: "zstd", level: 6 },
  { algorithm: "zstd", level: 9 },
  { algorithm: "deflate", level: 1 },
  { algorithm: "deflate", level: 6 },
];

/** Levels of compression on record packs. */
export const compressionSuite: Suite = async ({ short, progress }) => {
  const rows = short ? 2_000 : 100_000;
  const flights = await flightsCsv(short ? 2_000 : 300_000);
  const contenders = levels.flatMap(({ algorithm, level }): readonly Contender[] =>
    [undefined, flights.path].map((path) => {
      const options: CompressPackOptions = {
        algorithm,
        level,
        rows,
        ...(path === undefined ? {} : { flights: path }),
      };
      const what = path === undefined ? "ten columns" : "flights";
      return {
        id: `${algorithm}-${level}-${what}`,
        label: `${algorithm} ${level}, ${what}`,
        program: ownLoop("ours/compress-pack.js", options),
      };
    }),
  );
  return {
    id: "compression",
    title: "Compression",
    text: "A record pack of some 10 MB at a time on one thread of the pool; the ratio is of bytes in to bytes out.",
    bytes: "of packs, before compression",
    lines: await measureRounds(contenders, { rounds: short ? 1 : 2, progress }),
  };
};
