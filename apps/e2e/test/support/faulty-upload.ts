import {
  type EmulatorOptions,
  type FaultRule,
  nodeFileSystem,
  type RunningEmulator,
  startEmulator,
} from "@maxcompute-tunnel/emulator";
import { type CommitReceipt, createTunnel, type TableTunnel, type UploadSession } from "maxcompute-tunnel";
import { type ImpatientClock, impatientClock, patience } from "./impatient-clock.ts";

/** The rows that every upload here is to bring: three blocks of four. */
export const allIds: readonly bigint[] = Array.from({ length: 12 }, (_, index) => BigInt(index));

/** Every way that a server may treat a second commit, strict and lenient. */
export const servers: readonly Required<Pick<EmulatorOptions, "profile" | "secondCommit">>[] = (
  ["strict", "lenient"] as const
).flatMap((profile) =>
  (["closed", "conflict", "not-found"] as const).map((secondCommit) => ({ profile, secondCommit })),
);

/** Starts an emulator that does not wait for its disk: nothing here cuts its power. */
export function startOnFastDisk(options: EmulatorOptions): Promise<RunningEmulator> {
  const fileSystem = {
    ...nodeFileSystem,
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => ({
      ...(await nodeFileSystem.open(...given)),
      sync: async () => undefined,
    }),
    syncDirectory: async () => undefined,
  };
  return startEmulator({ ...options, fileSystem });
}

/** An upload that meets faults. */
export interface FaultyUpload {
  readonly emulator: RunningEmulator;
  readonly tunnel: TableTunnel;
  readonly clock: ImpatientClock;
  /** The table, empty at first. */
  readonly table: string;
  /** Ids in the table now, in order. */
  ids(): Promise<readonly bigint[]>;
  /** Creates a session, writes three blocks and commits them. */
  run(): Promise<CommitReceipt>;
}

let tables = 0;

/** Makes a table and a client for one upload, and adds rules that concern this table alone. */
export async function faultyUpload(
  emulator: RunningEmulator,
  rules: readonly FaultRule[],
  clock: ImpatientClock = impatientClock(),
): Promise<FaultyUpload & AsyncDisposable> {
  tables += 1;
  const table = `t${tables}`;
  await emulator.createTable(`create table ${table} (id bigint not null)`);
  for (const rule of rules) {
    emulator.faults.add({ ...rule, match: { ...rule.match, table } });
  }
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const tunnel = createTunnel({
    ...{ tunnelEndpoint: endpoint, project, clock, timeouts: patience },
    credentials: { accessKeyId, accessKeySecret },
  });
  return {
    ...{ emulator, tunnel, clock, table },
    async ids() {
      const rows = await emulator.readRows(table);
      return rows.map(({ id }) => id as bigint).sort((a, b) => Number(a - b));
    },
    async run() {
      const session = await tunnel.createUploadSession(table);
      return session.commit(await writeAll(session));
    },
    async [Symbol.asyncDispose]() {
      emulator.faults.clear();
      await tunnel.close();
    },
  };
}

/** Writes the rows of every upload here, and returns the ids of the blocks. */
export async function writeAll(session: UploadSession): Promise<readonly number[]> {
  const writer = session.openBufferedWriter({ maxRows: 4 });
  for (const id of allIds) {
    await writer.write({ id });
  }
  return (await writer.close()).blockIds;
}

/** Requests about a table that were made so far, as actions. */
export function actions({ emulator, table }: FaultyUpload): readonly (string | undefined)[] {
  return emulator.requests.filter((request) => request.table === table).map(({ action }) => action);
}
