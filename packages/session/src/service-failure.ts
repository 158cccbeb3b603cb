import { isTunnelError, type TunnelError } from "@maxcompute-tunnel/transport";
import { blockCountLimit, maxBlockId } from "./block-id.ts";
import { SessionError, type SessionErrorCode, type SessionErrorFacts } from "./errors.ts";

/** What was being done when the service refused. */
export interface FailureContext {
  readonly operation: string;
  readonly table: string;
  readonly sessionId?: string | undefined;
  readonly blockId?: number | undefined;
}

/**
 * Turns a service error that is about the session into a {@link SessionError} saying what to do; the original is
 * its cause. Everything else comes back as it is.
 */
export function translateFailure(error: unknown, context: FailureContext): unknown {
  if (!isTunnelError(error) || error.serviceCode === undefined) return error;
  const translate = translations[error.serviceCode];
  if (translate === undefined) return error;
  const [code, message] = translate(context, error);
  return new SessionError(code, `${context.operation}: ${message}`, factsOf(error, context));
}

/** The facts that a {@link SessionError} takes over from the service error behind it. */
export function factsOf(error: TunnelError, context: FailureContext): SessionErrorFacts {
  return {
    operation: context.operation,
    table: context.table,
    sessionId: context.sessionId,
    blockId: context.blockId,
    serviceCode: error.serviceCode,
    requestId: error.requestId,
    cause: error,
  };
}

type Translation = (context: FailureContext, error: TunnelError) => readonly [SessionErrorCode, string];

const noSuchSession: Translation = ({ table, sessionId }) => [
  "no-such-session",
  `the service has no session ${sessionId ?? ""} on table ${table}: it never existed, it is older than 24 hours, ` +
    "or it belongs to another table or partition",
];

const translations: Readonly<Record<string, Translation>> = {
  NoSuchUpload: noSuchSession,
  NoSuchDownload: noSuchSession,
  MissingPartitionSpec: ({ table }) => [
    "missing-partition",
    `table ${table} is partitioned: say which partition, such as "pt=20240102"`,
  ],
  InvalidPartitionSpec: ({ table }, error) => [
    "invalid-partition",
    `the service does not accept the partition for table ${table}: ${reason(error)}`,
  ],
  InvalidBlockID: ({ blockId }, error) => [
    "invalid-block-id",
    blockId === blockCountLimit
      ? `block id ${blockId} is one too many: the service takes ids from 0 to ${maxBlockId}`
      : `the service takes block ids from 0 to ${maxBlockId} and refused ${blockId ?? "one"}: ${reason(error)}`,
  ],
  InvalidRowRange: (_, error) => [
    "invalid-row-range",
    `the service refused the rows asked for: ${reason(error)}`,
  ],
  InvalidColumnSpec: (_, error) => [
    "invalid-argument",
    `the service does not know a column: ${reason(error)}`,
  ],
  InConsistentBlockList: (_, error) => [
    "block-list-differs",
    `the service found the block list inconsistent: ${reason(error)}`,
  ],
};

/** The server's own words, without the operation that the transport puts before them. */
function reason(error: TunnelError): string {
  const prefix = `${error.operation}: `;
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
}
