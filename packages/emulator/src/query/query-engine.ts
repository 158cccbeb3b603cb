import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import type { Clock } from "../clock.ts";
import type { BlockFiles } from "../storage/block-files.ts";
import { type DuckDb, loadDuckDb } from "./load-duckdb.ts";
import { loadRelation } from "./load-relation.ts";
import { asQueryFailure, queryFailure } from "./query-failure.ts";
import type { Relation } from "./relation.ts";
import { createRelationCache, type RelationCache } from "./relation-cache.ts";
import { createTurns } from "./turns.ts";

/** Runs translated queries on the embedded database, which is started with the first of them. */
export interface QueryEngine {
  /**
   * Runs one query over the relations it names and hands its rows to `consume`, piece by piece.
   *
   * @throws Refusal saying why the query failed, or what `consume` throws
   */
  run<T>(query: EngineQuery, consume: (result: EngineResult) => Promise<T>): Promise<T>;
  /** Waits for what runs and closes the database. */
  close(): Promise<void>;
}

export interface EngineQuery {
  /** In the database's SQL. */
  readonly sql: string;
  readonly relations: readonly Relation[];
  readonly signal: AbortSignal;
}

/** The rows of a query as the database gives them. */
export interface EngineResult {
  /** Names of the columns' types, such as `DECIMAL(18,3)`. */
  readonly types: readonly string[];
  readonly chunks: AsyncIterable<readonly (readonly DuckDBValue[])[]>;
}

/** Queries run beside uploads, so they get only a part of the machine. */
const settings = {
  threads: "2",
  memory_limit: "1GiB",
  temp_directory: "",
  enable_external_access: "false",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
} as const;
/** Each query holds a thread of the pool that files are read and written with, which has four. */
const queriesAtOnce = 2;
const maxCachedBytes = 256 * 1024 * 1024;
const timeoutMs = 10 * 60_000;

interface Database {
  readonly duckDb: DuckDb;
  readonly instance: DuckDBInstance;
  readonly relations: RelationCache;
}

export function createQueryEngine(options: {
  readonly clock: Clock;
  readonly blocks: BlockFiles;
}): QueryEngine {
  const turns = createTurns(queriesAtOnce);
  const underWay = new Set<Promise<unknown>>();
  let opening: Promise<Database> | undefined;
  let closed: Promise<void> | undefined;

  const open = (): Promise<Database> => {
    opening ??= openDatabase(options.blocks).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };

  const run = async <T>(query: EngineQuery, consume: (result: EngineResult) => Promise<T>): Promise<T> => {
    const { signal } = query;
    return await turns.take(signal, async () => {
      const { instance, relations } = await open();
      return await relations.use(query.relations, query.signal, async () => {
        const connection = await instance.connect();
        const interrupt = (): void => connection.interrupt();
        let timedOut = false;
        const cancel = options.clock.schedule(timeoutMs, () => {
          timedOut = true;
          interrupt();
        });
        signal.addEventListener("abort", interrupt);
        try {
          signal.throwIfAborted();
          return await consume(await resultOf(connection, query.sql, signal));
        } catch (error) {
          signal.throwIfAborted();
          throw timedOut
            ? queryFailure(
                "ODPS-0123144:Fuxi job failed",
                `the query took longer than ${timeoutMs / 60_000} minutes`,
                error,
              )
            : error;
        } finally {
          cancel();
          signal.removeEventListener("abort", interrupt);
          connection.closeSync();
        }
      });
    });
  };

  return {
    async run(query, consume) {
      const done = run(query, consume).catch((error: unknown) => {
        throw asQueryFailure(error);
      });
      const settled = done.then(ignore, ignore).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return await done;
    },
    close() {
      closed ??= (async () => {
        await Promise.all(underWay);
        (await opening)?.instance.closeSync();
      })();
      return closed;
    },
  };
}

async function openDatabase(blocks: BlockFiles): Promise<Database> {
  const duckDb = await loadDuckDb();
  const instance = await duckDb.DuckDBInstance.create(":memory:", settings);
  const loader = await instance.connect();
  await loader.run("SET GLOBAL TimeZone = 'UTC'");
  await loader.run("SET GLOBAL lock_configuration = true");
  const withConnection = async (work: (connection: DuckDBConnection) => Promise<unknown>): Promise<void> => {
    const connection = await instance.connect();
    try {
      await work(connection);
    } finally {
      connection.closeSync();
    }
  };
  const relations = createRelationCache({
    maxBytes: maxCachedBytes,
    load: (relation, signal) =>
      withConnection((connection) => loadRelation(relation, { duckDb, connection }, { blocks, signal })),
    drop: (relation) => withConnection((connection) => connection.run(`DROP TABLE main."${relation.name}"`)),
  });
  loader.closeSync();
  return { duckDb, instance, relations };
}

async function resultOf(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal,
): Promise<EngineResult> {
  const result = await connection.stream(sql);
  return {
    types: result.columnTypes().map((type) => type.alias ?? type.toString()),
    chunks: (async function* () {
      for (;;) {
        signal.throwIfAborted();
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) {
          return;
        }
        yield chunk.getRows();
      }
    })(),
  };
}

function ignore(): void {}
