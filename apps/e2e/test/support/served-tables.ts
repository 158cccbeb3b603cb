import { type RunningEmulator, startEmulator } from "@maxcompute-tunnel/emulator";
import { createTunnel, type TableTunnel } from "maxcompute-tunnel";

/** An emulator with tables, and a client of it. */
export interface ServedTables extends AsyncDisposable {
  readonly emulator: RunningEmulator;
  readonly tunnel: TableTunnel;
}

/** Starts an emulator with these tables, and a client that may do everything. */
export async function serveTables(tables: readonly string[]): Promise<ServedTables> {
  const emulator = await startEmulator({ tables });
  const { endpoint, project, accessKeyId, accessKeySecret } = emulator;
  const tunnel = createTunnel({
    ...{ tunnelEndpoint: endpoint, project, credentials: { accessKeyId, accessKeySecret } },
  });
  return {
    emulator,
    tunnel,
    async [Symbol.asyncDispose]() {
      await tunnel.close();
      await emulator.close();
    },
  };
}
