import type { Relation } from "./relation.ts";

/** Keeps loaded relations for the next query, up to a size. */
export interface RelationCache {
  /**
   * Loads what is not there yet, and keeps all of it while `use` runs.
   *
   * Two that ask for the same relation at once share its loading, which stops when nobody waits for it any more.
   */
  use<T>(relations: readonly Relation[], signal: AbortSignal, use: () => Promise<T>): Promise<T>;
}

export interface RelationCacheOptions {
  readonly load: (relation: Relation, signal: AbortSignal) => Promise<void>;
  readonly drop: (relation: Relation) => Promise<void>;
  /** Relations that nobody uses go, the longest unused first, until the others are no larger together. */
  readonly maxBytes: number;
}

interface Entry {
  readonly relation: Relation;
  readonly loading: AbortController;
  readonly ready: Promise<void>;
  users: number;
  /** Users whose signal has not aborted. */
  interested: number;
  isLoaded: boolean;
}

export function createRelationCache({ load, drop, maxBytes }: RelationCacheOptions): RelationCache {
  // In order of use, the longest unused first.
  const entries = new Map<string, Entry>();
  const leaving = new Map<string, Promise<void>>();

  const enter = (relation: Relation): Entry => {
    const known = entries.get(relation.name);
    // One whose loading was given up is still being cleared away.
    const given = known?.loading.signal.aborted === true ? undefined : known;
    const entry = given ?? newEntry(relation, known?.ready);
    entry.users += 1;
    entry.interested += 1;
    entries.delete(relation.name);
    entries.set(relation.name, entry);
    if (given === undefined) {
      entry.ready.then(
        () => {
          entry.isLoaded = true;
        },
        () => {
          if (entries.get(relation.name) === entry) {
            entries.delete(relation.name);
          }
        },
      );
    }
    return entry;
  };

  const newEntry = (relation: Relation, before: Promise<void> | undefined): Entry => {
    const loading = new AbortController();
    const ready = begin(relation, loading.signal, before);
    return { relation, loading, ready, users: 0, interested: 0, isLoaded: false };
  };

  const begin = async (
    relation: Relation,
    signal: AbortSignal,
    before: Promise<void> | undefined,
  ): Promise<void> => {
    await before?.catch(() => undefined);
    await leaving.get(relation.name);
    signal.throwIfAborted();
    await load(relation, signal);
  };

  const shrink = (): void => {
    let total = [...entries.values()].reduce((sum, { relation }) => sum + relation.byteLength, 0);
    for (const [name, { relation, users }] of entries) {
      if (total <= maxBytes) {
        return;
      }
      if (users === 0) {
        total -= relation.byteLength;
        entries.delete(name);
        const gone = drop(relation)
          .catch(() => undefined)
          .finally(() => leaving.delete(name));
        leaving.set(name, gone);
      }
    }
  };

  return {
    async use(relations, signal, use) {
      signal.throwIfAborted();
      const distinct = [...new Map(relations.map((relation) => [relation.name, relation])).values()];
      const mine = distinct.map(enter);
      const loseInterest = (): void => {
        for (const entry of mine) {
          entry.interested -= 1;
          if (entry.interested === 0 && !entry.isLoaded) {
            entry.loading.abort(signal.reason);
          }
        }
      };
      signal.addEventListener("abort", loseInterest, { once: true });
      try {
        // All of them, so that no loading goes on behind the back of a query that has failed.
        const settled = await Promise.allSettled(mine.map(({ ready }) => ready));
        const failed = settled.find((result) => result.status === "rejected");
        if (failed !== undefined) {
          throw failed.reason;
        }
        return await use();
      } finally {
        if (!signal.aborted) {
          signal.removeEventListener("abort", loseInterest);
          for (const entry of mine) {
            entry.interested -= 1;
          }
        }
        for (const entry of mine) {
          entry.users -= 1;
        }
        shrink();
      }
    },
  };
}
