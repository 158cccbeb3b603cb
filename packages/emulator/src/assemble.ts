import { createAuthenticator, owner } from "./auth/authenticate.ts";
import type { AdjustableClock } from "./clock.ts";
import { createControl } from "./control/control.ts";
import { secretRemover } from "./control/without-secrets.ts";
import { EmulatorError } from "./errors.ts";
import { createFaults, type Faults } from "./faults/faults.ts";
import { faultyDisk } from "./faults/faulty-disk.ts";
import type { EmulatorOptions, RequestRecord } from "./options.ts";
import { createQueryEngine } from "./query/query-engine.ts";
import { withRealQuotas } from "./quotas/real-quotas.ts";
import { Refusal } from "./refusal.ts";
import { requestLog } from "./request-log.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { allRoutes } from "./routes.ts";
import { idMaker, type NewId } from "./server/ids.ts";
import { createRequestHandler, type RequestHandler } from "./server/request-handler.ts";
import { runScript } from "./service/run-script.ts";
import { nodeFileSystem } from "./storage/file-system.ts";
import { resolvePartition } from "./storage/partition-spec.ts";
import { defaultSchemaName, findPartition, findTable } from "./storage/state.ts";
import { openStore, type Store, type StoreOptions } from "./storage/store.ts";
import { readAllRows } from "./tunnel/read-rows.ts";

/** What an emulator is put together from, besides its options. */
export interface AssemblyParts extends Pick<StoreOptions, "directory" | "lock" | "logger"> {
  readonly clock: AdjustableClock;
  /** Milliseconds since 1970 that signatures are judged by. */
  readonly wallClock: () => number;
  readonly randomBytes: NonNullable<StoreOptions["randomBytes"]>;
  /** Takes what undoes each step; to be called in reverse order. */
  readonly undo: (() => Promise<void>)[];
}

/** A whole service that nobody can reach yet. */
export interface Assembly {
  readonly handler: RequestHandler;
  readonly newId: NewId;
  readonly faults: Faults;
  readonly requests: readonly RequestRecord[];
  createTable(ddl: string): Promise<void>;
  readRows(table: string, partition?: string): Promise<Record<string, unknown>[]>;
}

/**
 * Opens the store, makes what is to be there from the start, and puts the request handler on top.
 *
 * @throws EmulatorError when the data directory cannot be used or a table cannot be made
 */
export async function assemble(
  options: EmulatorOptions,
  resolved: ResolvedOptions,
  parts: AssemblyParts,
): Promise<Assembly> {
  const { project, accessKeyId, secondCommit, profile, quotas, limits } = resolved;
  const { clock, logger, randomBytes, undo } = parts;
  const disk = faultyDisk(options.fileSystem ?? nodeFileSystem);
  const store = await openStore({ ...parts, fileSystem: disk.fileSystem });
  const queries = createQueryEngine({ clock, blocks: store.blocks });
  // Closing the store ends what runs, so it comes before.
  undo.push(() => queries.close());
  undo.push(() => store.close());
  for (const name of resolved.projects) {
    await ensureProject(store, { project: name, owner: owner(accessKeyId), at: clock.now() });
  }
  const scope = { project, schema: defaultSchemaName, schemasEnabled: false };
  const createTable = async (ddl: string): Promise<void> => {
    const { signal } = new AbortController();
    const by = owner(accessKeyId);
    const outcome = await runScript(ddl, { store, queries, clock, owner: by, signal, ...scope });
    if (outcome.kind === "failure") {
      throw new EmulatorError("invalid-sql", outcome.message);
    }
  };
  for (const ddl of options.tables ?? []) {
    await createTable(ddl);
  }
  const log = requestLog();
  const secrets = secretRemover([
    ...resolved.keys.flatMap((key) => [key.accessKeySecret, key.securityToken ?? ""]),
    ...resolved.bearerTokens.map(({ token }) => token),
  ]);
  const routes = allRoutes({ store, queries, clock, logger, secondCommit, profile });
  const faults = createFaults([...new Set(routes.map(({ action }) => action))]);
  const newId = idMaker(randomBytes);
  const handler = createRequestHandler({
    limits,
    newId,
    routes: quotas === "real" ? withRealQuotas(routes, clock) : routes,
    faults,
    faultPowers: {
      limitDisk: disk.limit,
      endSession: (uploadId, status) =>
        store.submit({ kind: "end-upload", at: clock.now(), uploadId, status }),
    },
    ...(options.control === true
      ? { control: createControl({ faults, clock, limits, requests: log.records }) }
      : {}),
    authenticate: createAuthenticator({
      keys: resolved.keys,
      bearerTokens: resolved.bearerTokens,
      wallClock: parts.wallClock,
    }),
    clock,
    logger,
    onAnswered: (answered, headers) => {
      const record = { ...answered, url: secrets.url(answered.url) };
      log.add({ ...record, headers: secrets.headers(headers) });
      logger.info(record, "answered");
    },
  });
  return {
    handler,
    newId,
    faults,
    requests: log.records,
    createTable,
    readRows: (table, partition) => rowsOf(store, { ...scope, table }, partition),
  };
}

async function ensureProject(
  store: Store,
  { project, owner: by, at }: { readonly project: string; readonly owner: string; readonly at: number },
): Promise<void> {
  if (!store.state.projects.has(project.toLowerCase())) {
    await store.submit({ kind: "create-project", at, project, owner: by, comment: "" });
  }
}

async function rowsOf(
  store: Store,
  name: { readonly project: string; readonly schema: string; readonly table: string },
  spec: string | undefined,
): Promise<Record<string, unknown>[]> {
  try {
    const table = findTable(store.state, name);
    const partition = findPartition(table, resolvePartition(table, spec));
    const source = { segments: partition.segments, columns: table.columns };
    const rows: Record<string, unknown>[] = [];
    for await (const batch of readAllRows(source, store.blocks)) {
      for (const row of batch) {
        rows.push(Object.fromEntries(table.columns.map((column, index) => [column.name, row[index]])));
      }
    }
    return rows;
  } catch (error) {
    throw error instanceof Refusal ? new EmulatorError("not-found", error.message, { cause: error }) : error;
  }
}
