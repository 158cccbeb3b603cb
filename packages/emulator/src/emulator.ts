import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthenticator, owner } from "./auth/authenticate.ts";
import { createAdjustableClock } from "./clock.ts";
import { createControl } from "./control/control.ts";
import { secretRemover } from "./control/without-secrets.ts";
import { EmulatorError } from "./errors.ts";
import { createFaults } from "./faults/faults.ts";
import { faultyDisk } from "./faults/faulty-disk.ts";
import type { EmulatorLogger, EmulatorOptions, RunningEmulator } from "./options.ts";
import { createQueryEngine } from "./query/query-engine.ts";
import { withRealQuotas } from "./quotas/real-quotas.ts";
import { Refusal } from "./refusal.ts";
import { requestLog } from "./request-log.ts";
import { resolveOptions } from "./resolve-options.ts";
import { allRoutes } from "./routes.ts";
import { startHttpServer } from "./server/http-server.ts";
import { reachableAt } from "./server/loopback.ts";
import { runScript } from "./service/run-script.ts";
import { nodeFileSystem } from "./storage/file-system.ts";
import { resolvePartition } from "./storage/partition-spec.ts";
import { defaultSchemaName, findPartition, findTable } from "./storage/state.ts";
import { openStore, type Store } from "./storage/store.ts";
import { readAllRows } from "./tunnel/read-rows.ts";

/**
 * Starts a local MaxCompute service and resolves once it accepts requests.
 *
 * @throws EmulatorError when an option is wrong, the port is taken or the data directory cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const resolved = resolveOptions(options);
  const { project, accessKeyId, accessKeySecret, secondCommit, profile, quotas } = resolved;
  const clock = options.clock ?? createAdjustableClock();
  const logger = options.logger ?? silent;
  const temporary =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), "mctunnel-emulator-")) : undefined;
  const undo: (() => Promise<void>)[] = [];
  if (temporary !== undefined) {
    undo.push(() => rm(temporary, { recursive: true, force: true }));
  }
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step();
    }
  };

  try {
    const disk = faultyDisk(options.fileSystem ?? nodeFileSystem);
    const store = await openStore({
      directory: options.dataDir ?? temporary ?? "",
      fileSystem: disk.fileSystem,
      clock,
      logger,
    });
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
    const { limits } = resolved;
    const server = await startHttpServer({
      port: resolved.port,
      host: resolved.host,
      limits,
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
        wallClock: Date.now,
      }),
      clock,
      logger,
      onAnswered: (answered, headers) => {
        const record = { ...answered, url: secrets.url(answered.url) };
        log.add({ ...record, headers: secrets.headers(headers) });
        logger.info(record, "answered");
      },
    });
    undo.push(() => server.close());
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= stop();
      return closed;
    };
    return {
      endpoint: `http://${reachableAt(resolved.host, server.port)}`,
      port: server.port,
      project,
      accessKeyId,
      accessKeySecret,
      clock,
      faults,
      requests: log.records,
      createTable,
      readRows: (table, partition) => rowsOf(store, { ...scope, table }, partition),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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

const silent: EmulatorLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
