import { Session } from "node:inspector/promises";

/** How many of a file's branches were taken. */
export interface FileBranches {
  readonly file: string;
  readonly taken: number;
  readonly all: number;
  /** Lines that begin a branch which was never taken. */
  readonly missed: readonly number[];
}

/** V8's own counters of every block of the source. */
export interface BranchCoverage {
  /** The branches of these files so far. */
  of(files: readonly string[], textOf: (file: string) => Promise<string>): Promise<readonly FileBranches[]>;
}

/** Begins to count; modules must be loaded after this. */
export async function startCoverage(root: URL): Promise<BranchCoverage> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    async of(files, textOf) {
      const { result } = await session.post("Profiler.takePreciseCoverage");
      return await Promise.all(
        files.map(async (file) => {
          const script = result.find(({ url }) => url === new URL(file, root).href);
          if (script === undefined) return { file, taken: 0, all: 1, missed: [1] };
          const text = await textOf(file);
          // A function that was never called is one branch; V8 says nothing of those inside.
          const ranges = script.functions.flatMap(({ ranges, isBlockCoverage }) =>
            isBlockCoverage ? ranges : ranges.slice(0, 1),
          );
          const missed = ranges.filter(({ count }) => count === 0);
          return {
            file,
            taken: ranges.length - missed.length,
            all: ranges.length,
            missed: missed.map(({ startOffset }) => text.slice(0, startOffset).split("\n").length),
          };
        }),
      );
    },
  };
}
