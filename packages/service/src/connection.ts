import { platformSleep, type Transport } from "@maxcompute-tunnel/transport";
import { ServiceError } from "./errors.ts";

/** How the REST service is reached, and as which project. */
export interface ServiceConnection {
  /** Signs, sends and retries single requests. */
  readonly transport: Transport;
  /** The service endpoint, often with a path: `https://service.cn-hangzhou.maxcompute.aliyun.com/api`. */
  readonly endpoint: string;
  /** The project that SQL runs in, and that tables are looked for in. */
  readonly project: string;
  /** The default schema, for projects of the three-level model. @default none: the two-level model */
  readonly schema?: string;
  /** Time, for waiting on SQL. @default the machine's */
  readonly clock?: ServiceClock;
}

/** Time as this package sees it: injected, so that waiting can be simulated. */
export interface ServiceClock {
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A table; what is left out is the connection's own project and schema. */
export interface TableReference {
  readonly project?: string;
  readonly schema?: string;
  readonly table: string;
}

/** A table with its project and schema filled in. */
export interface ResolvedTable {
  readonly project: string;
  readonly schema: string | undefined;
  readonly table: string;
}

/** Fills in the connection's project and schema and checks the names. */
export function resolveTable(connection: ServiceConnection, table: string | TableReference): ResolvedTable {
  const given = typeof table === "string" ? { table } : table;
  const project = checkName("project", given.project ?? connection.project);
  // The default schema belongs to the default project.
  const schema = given.schema ?? (project === connection.project ? connection.schema : undefined);
  return {
    project,
    schema: schema === undefined ? undefined : checkName("schema", schema),
    table: checkName("table", given.table),
  };
}

/** The table's name in one piece, for messages. */
export function describeTable({ project, schema, table }: ResolvedTable): string {
  return [project, schema, table].filter((part) => part !== undefined).join(".");
}

/** Waits on the connection's clock. */
export function sleep(
  { clock }: ServiceConnection,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return clock === undefined ? platformSleep(ms, signal) : clock.sleep(ms, signal);
}

/** Checks a name that becomes a step of an address; returns it. */
export function checkName(kind: string, name: string): string {
  // Dots alone are steps in a path, and control characters or halves of a character cannot be sent at all.
  if (name !== "" && !/^\.{1,2}$|[\p{Cc}\p{Cs}]/u.test(name)) return name;
  throw new ServiceError("invalid-argument", `Expected the name of a ${kind}, got ${JSON.stringify(name)}`);
}
