export type { ServiceClock, ServiceConnection, TableReference } from "./connection.ts";
export { isServiceError, ServiceError, type ServiceErrorCode, type ServiceErrorFacts } from "./errors.ts";
export { type SqlWaiting, type WaitOptions, waitForInstance } from "./instance.ts";
export type { PartitionLevel, PartitionLevels } from "./partition-level.ts";
export {
  type CreatePartitionOptions,
  createPartition,
  getPartition,
  type ListPartitionsOptions,
  listPartitions,
  type PartitionInfo,
  partitionExists,
} from "./partitions.ts";
export type { CallOptions } from "./request.ts";
export { runSql, type SqlOptions } from "./sql.ts";
export type { SqlResult } from "./sql-outcome.ts";
export { getTable, type TableColumn, type TableInfo, tableExists } from "./tables.ts";
export { type DiscoverTunnelOptions, discoverTunnelEndpoint } from "./tunnel-endpoint.ts";
