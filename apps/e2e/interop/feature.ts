import type { RunningEmulator } from "@maxcompute-tunnel/emulator";
import type { TableTunnel } from "maxcompute-tunnel";
import type { ClientProcess } from "./client-process.ts";
import type { ClientName } from "./toolchains.ts";

/** What a feature is run with. */
export interface FeatureContext {
  readonly client: ClientProcess;
  /** The same client in another process, told a default schema. */
  readonly inSchema: (schema: string) => Promise<ClientProcess>;
  readonly emulator: RunningEmulator;
  /** Our own client, for the features where each side reads what the other wrote. */
  readonly ours: TableTunnel;
  /** A table name that nobody else uses. */
  readonly table: (stem: string) => string;
}

/** One row of the matrix: something a client does against the emulator. */
export interface Feature {
  /** Stands in the matrix. */
  readonly name: string;
  readonly group: string;
  /** Resolves when it works; rejects with what went wrong. */
  readonly run: (context: FeatureContext) => Promise<void>;
  /** Clients that do not offer it, with the reason. */
  readonly absent?: Partial<Readonly<Record<ClientName, string>>>;
  /** Clients in which it fails by a defect of theirs. */
  readonly defects?: Partial<Readonly<Record<ClientName, Defect>>>;
}

/** A failure that is the client's own. */
export interface Defect {
  /** Must be part of the failure seen, so that a client that is mended, or that fails differently, is noticed. */
  readonly message: RegExp;
  readonly why: string;
  /** Shows the defect without any server. */
  readonly reproduce: (client: ClientProcess) => Promise<void>;
}
