import type { PlantedDefect } from "./planted-defect.ts";

/** Defects of what is written down, and of memory. */
export const diskDefects: readonly PlantedDefect[] = [
  {
    name: "unsynced-journal",
    what: "the journal is written and not synced",
    plant: () => ({
      journal: (inner) => ({
        append: (fact) => inner.append(fact),
        facts: () => inner.facts(),
        close: () => inner.close(),
      }),
    }),
  },
  {
    name: "forgotten-intent",
    what: "a commit is posted without writing down first that it will be",
    plant: () => ({
      journal: (inner) => ({
        facts: () => inner.facts(),
        close: () => inner.close(),
        append: async (fact, options) => {
          if (fact.kind !== "commit-intended" && fact.kind !== "committed") {
            await inner.append(fact, options);
          }
        },
      }),
    }),
  },
  {
    name: "unsynced-server",
    what: "the server acknowledges what it has not synced",
    plant: () => ({
      disk: (inner) => ({
        ...inner,
        open: async (path, mode) => ({ ...(await inner.open(path, mode)), sync: async () => undefined }),
      }),
    }),
  },
  {
    name: "ignored-backpressure",
    what: "rows are written without waiting when the writer says wait",
    plant: () => ({ backpressure: "ignored" }),
  },
];
