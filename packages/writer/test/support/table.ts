import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import {
  type SessionUploadTarget,
  systemClock,
  type TunnelConnection,
  uploadTarget,
} from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import type { LockProcesses } from "../../src/node/index.ts";

/** The machine's time without the pauses between attempts; time limits, which are longer, stay as they are. */
const impatient = (ms: number, signal?: AbortSignal): Promise<void> =>
  systemClock.sleep(ms < 60_000 ? 0 : ms, signal);

/** A real emulator with tables to upload into. */
export class TestService {
  readonly emulator: RunningEmulator;
  readonly connection: TunnelConnection;
  #tables = 0;

  constructor(emulator: RunningEmulator) {
    const { accessKeyId, accessKeySecret, endpoint } = emulator;
    this.emulator = emulator;
    this.connection = {
      endpoint,
      clock: { ...systemClock, sleep: impatient },
      transport: createTransport({
        credentials: { kind: "access-key", accessKeyId, accessKeySecret },
        sleep: impatient,
      }),
    };
  }

  static async start(options: Parameters<typeof startEmulator>[0] = {}): Promise<TestService> {
    return new TestService(await startEmulator(options));
  }

  async createTable(columns = "id bigint, note string"): Promise<TestTable> {
    this.#tables += 1;
    const table = `t${this.#tables}`;
    await this.emulator.createTable(`create table ${table} (${columns})`);
    const { emulator, connection } = this;
    return {
      table,
      target: uploadTarget(connection, { project: emulator.project, table }),
      ids: async () => (await emulator.readRows(table)).map((row) => Number(row["id"])).sort((a, b) => a - b),
    };
  }
}

/** One table, and the way into it. */
export interface TestTable {
  readonly table: string;
  readonly target: SessionUploadTarget;
  ids(): Promise<number[]>;
}

/** Rows with ids from 0. */
export function* rows(count: number, note: (id: number) => string = (id) => `note ${id}`) {
  for (let id = 0; id < count; id++) yield { id, note: note(id) };
}

export const counting = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

/** Processes of a machine that is only imagined: those in `alive` run. */
export function imaginedProcesses(pid: number, alive: ReadonlySet<number>): LockProcesses {
  return {
    self: async () => ({ pid, startedAt: `${pid}`, host: "imagined", machine: "", boot: "" }),
    isRunning: async (holder) => (alive.has(holder.pid) ? "yes" : "no"),
  };
}
