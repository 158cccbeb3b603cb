import type { TunnelError } from "@maxcompute-tunnel/transport";
import { ServiceError } from "./errors.ts";

/** The error for a table that the service says it does not have; `table` is its full name. */
export function noSuchTable(operation: string, table: string, cause: TunnelError): ServiceError {
  const { serviceCode, requestId } = cause;
  return new ServiceError("no-such-table", `${operation}: there is no table ${table}`, {
    operation,
    table,
    serviceCode,
    requestId,
    cause,
  });
}
