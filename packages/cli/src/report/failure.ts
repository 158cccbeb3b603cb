import { type CodecError, isCodecError } from "@maxcompute-tunnel/codec";
import { type FilesError, type FilesErrorCode, isFilesError } from "@maxcompute-tunnel/files";
import { isServiceError } from "@maxcompute-tunnel/service";
import { isSessionError, type SessionError, type SessionErrorCode } from "@maxcompute-tunnel/session";
import { isTunnelError, type TunnelError, type TunnelErrorCode } from "@maxcompute-tunnel/transport";
import { isWriterError, type WriterErrorCode } from "@maxcompute-tunnel/writer";
import { isTableTunnelError } from "maxcompute-tunnel";
import { type FilePosition, failureKindOf, isCliError } from "../errors.ts";
import type { FailureKind } from "../exit-codes.ts";

/** A failure as it is reported: to people as text, to programs as JSON, to the shell as an exit code. */
export interface Failure {
  readonly kind: FailureKind;
  /** The code of the error that is to blame, whichever layer it comes from. */
  readonly code: string;
  /** What was being done and what went wrong, in one sentence. */
  readonly message: string;
  /** The step that leads on from here, where one is known. */
  readonly next: string | undefined;
  /** That step is to give the same command again, with these flags added. */
  readonly again: readonly string[] | undefined;
  readonly position: FilePosition | undefined;
  /** The column concerned. */
  readonly field: string | undefined;
  /** The HTTP status of the service's answer. */
  readonly status: number | undefined;
  /** The service's own name for the failure. */
  readonly serviceCode: string | undefined;
  /** To quote to support. */
  readonly requestId: string | undefined;
}

/** Finds out what kind of failure an error is, whichever layer it comes from. */
export function describeFailure(error: unknown): Failure {
  const root = unwrap(error);
  if (isCliError(root)) {
    const { code, message, next, position, field } = root;
    return { ...noFacts, kind: failureKindOf(code), code, message: sentence(message), next, position, field };
  }
  if (isTunnelError(root)) return ofTransport(root);
  if (isSessionError(root)) return ofSession(root);
  if (isServiceError(root)) {
    const inner = root.cause;
    if (isTunnelError(inner)) return { ...ofTransport(inner), message: sentence(root.message) };
    return { ...noFacts, kind: "service", code: root.code, message: sentence(root.message) };
  }
  if (isWriterError(root)) {
    return {
      ...noFacts,
      kind: writerKinds[root.code] ?? "service",
      code: root.code,
      message: sentence(root.message),
    };
  }
  if (isFilesError(root)) return ofFiles(root);
  if (isTableTunnelError(root)) {
    return { ...noFacts, kind: "usage", code: root.code, message: sentence(root.message) };
  }
  if (isCodecError(root)) return ofCodec(root);
  const message = root instanceof Error ? `${root.name}: ${root.message}` : String(root);
  return { ...noFacts, kind: "internal", code: "internal", message: sentence(message), next: reportIt };
}

/** The error that is to blame, where one only says which step it stopped. */
function unwrap(error: unknown): unknown {
  if (!(error instanceof Error) || error.cause === undefined) return error;
  const isStep =
    (isWriterError(error) && (error.code === "block-failed" || error.code === "aborted")) ||
    (isTableTunnelError(error) && error.code === "upload-failed");
  return isStep ? unwrap(error.cause) : error;
}

function ofTransport(error: TunnelError): Failure {
  // Nothing was refused: there was no key to send.
  if (error.code === "credentials" && isCliError(error.cause)) return describeFailure(error.cause);
  const { code, status, serviceCode, requestId } = error;
  // What never left this machine, such as a request to a port that fetch does not connect to, is nothing of the service's.
  const isUnsendable = code === "invalid-request" && status === undefined;
  const isUsage = isUnsendable || (serviceCode !== undefined && usageCodes.has(serviceCode));
  const kind = isUsage ? "usage" : transportKinds[code];
  const message = sentence(`${leads[code] ?? ""}${error.message}`);
  return { ...noFacts, kind, code, message, ...nextAfter(serviceCode, code), status, serviceCode, requestId };
}

function ofSession(error: SessionError): Failure {
  const { code, serviceCode, requestId } = error;
  const inner = error.cause;
  // A commit that certainly did not happen failed for the reason behind it: the network, a key that was refused …
  const kind =
    code === "commit-failed" && isTunnelError(inner) ? transportKinds[inner.code] : sessionKinds[code];
  const next = code === "missing-partition" ? namePartition : undefined;
  return { ...noFacts, kind, code, message: sentence(error.message), next, serviceCode, requestId };
}

function ofFiles(error: FilesError): Failure {
  const { code, reject, column } = error;
  const isLayout =
    reject !== undefined &&
    code === "bad-record" &&
    (layoutCodes.has(reject.code) || (reject.code === "invalid-text" && reject.column === undefined));
  const { file, line, character, byteOffset, row } = error.position ?? {};
  const position =
    file === undefined
      ? undefined
      : {
          file,
          ...(line === undefined ? {} : { line }),
          ...(character === undefined ? {} : { column: character }),
          ...(byteOffset === undefined ? {} : { byteOffset }),
          ...(row === undefined ? {} : { row: row + 1 }),
        };
  return {
    ...noFacts,
    kind: isLayout ? "input" : (filesKinds[code] ?? "input"),
    code: reject?.code ?? code,
    message: sentence(error.message),
    ...filesNext[code],
    position,
    field: column,
  };
}

function ofCodec(error: CodecError): Failure {
  if (error.code === "invalid-option") {
    return { ...noFacts, kind: "usage", code: error.code, message: sentence(error.message) };
  }
  const kind = error.code === "invalid-type" || error.code === "invalid-schema" ? "service" : "data";
  return { ...noFacts, kind, code: error.code, message: sentence(error.message), field: error.column };
}

interface NextStep {
  readonly next?: string;
  readonly again?: readonly string[];
}

function nextAfter(serviceCode: string | undefined, code: TunnelErrorCode): NextStep {
  if (serviceCode === "NoSuchPartition") {
    return { next: "Create the partition first, or let the load create it", again: ["--create-partition"] };
  }
  if (serviceCode === "MissingPartitionSpec") return { next: namePartition };
  if (serviceCode === "RequestTimeTooSkewed")
    return { next: "Set this machine's clock right, then try again", again: [] };
  switch (code) {
    case "credentials":
      return { next: "Check the access key." };
    case "permission":
      return { next: "Ask the project's owner for the permission to update this table." };
    case "redirect":
      return { next: "Check the endpoint: the address answers, but sends elsewhere." };
    case "network":
    case "timeout":
      return { next: "Check the endpoint and the network, then try again", again: [] };
    case "throttled":
    case "server":
      return { next: "Try again later", again: [] };
    default:
      return {};
  }
}

/** Messages of other packages are no sentences; they become one here, on one line. */
function sentence(message: string): string {
  const line = message.replace(/\s*\n\s*/g, " ").trim();
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

/** What the service's own words leave to be guessed. */
const leads: Readonly<Partial<Record<TunnelErrorCode, string>>> = {
  credentials: "The service refused the access key: ",
  permission: "The service refused permission: ",
};

const namePartition = "Name the partition behind the table, as in PROJECT.TABLE/pt=value.";

const noFacts = {
  next: undefined,
  again: undefined,
  position: undefined,
  field: undefined,
  status: undefined,
  serviceCode: undefined,
  requestId: undefined,
} as const;

const reportIt = "This is a fault in mctunnel; please report it with the command line that led here.";

const usageCodes: ReadonlySet<string> = new Set([
  "MissingPartitionSpec",
  "InvalidPartitionSpec",
  "InvalidResourceSpec",
  "InvalidProjectTable",
]);

const transportKinds: Readonly<Record<TunnelErrorCode, FailureKind>> = {
  throttled: "service",
  server: "service",
  network: "network",
  timeout: "network",
  redirect: "service",
  aborted: "interrupted",
  credentials: "credentials",
  permission: "credentials",
  "not-found": "not-found",
  conflict: "conflict",
  "schema-modified": "conflict",
  "invalid-request": "service",
  unsupported: "service",
  "corrupt-data": "service",
  "too-large": "service",
  "task-failed": "service",
  "body-source": "internal",
  "invalid-response": "service",
};

const sessionKinds: Readonly<Record<SessionErrorCode, FailureKind>> = {
  "invalid-argument": "usage",
  "invalid-partition": "usage",
  "missing-partition": "usage",
  "invalid-block-id": "usage",
  "invalid-row-range": "usage",
  "invalid-response": "service",
  "no-such-session": "not-found",
  "session-closed": "conflict",
  "session-closing": "conflict",
  "session-canceled": "conflict",
  "session-expired": "not-found",
  "session-critical": "conflict",
  "session-not-ready": "conflict",
  "date-transform": "service",
  "block-list-differs": "conflict",
  "record-count-differs": "conflict",
  "commit-failed": "service",
  "outcome-unknown": "unknown-outcome",
  "unsupported-encoding": "service",
};

/** Codes of rejects that say that the text is not laid out as it should be, whatever its values. */
const layoutCodes: ReadonlySet<string> = new Set([
  "bad-utf8",
  "wrong-field-count",
  "unterminated-quote",
  "text-after-quote",
  "quote-in-field",
  "bare-carriage-return",
  "bare-line-feed",
  "record-too-large",
  "malformed-json",
  "unknown-property",
  "duplicate-property",
]);

const filesKinds: Readonly<Partial<Record<string, FailureKind>>> = {
  "invalid-option": "usage",
  "unknown-format": "usage",
  "file-not-found": "input",
  "file-unreadable": "input",
  "not-a-file": "input",
  "file-changed": "input",
  "source-changed": "input",
  "bad-compression": "input",
  "invalid-encoding": "input",
  "unknown-column": "input",
  "unclear-header": "input",
  malformed: "input",
  "null-not-allowed": "data",
  "wrong-type": "data",
  "bad-record": "data",
  "too-many-rejects": "data",
  "worker-died": "internal",
  "missing-package": "usage",
};

const filesNext: Readonly<Partial<Record<FilesErrorCode, NextStep>>> = {
  "unknown-format": { next: "Say which it is, such as", again: ["--format", "csv"] },
  "unclear-header": {
    next: "Say --header if the first record names columns, or --no-header if it is a row.",
  },
  "invalid-encoding": { next: "Say how the text is encoded, such as", again: ["--encoding", "gb18030"] },
  "file-changed": { next: "When nobody writes to it any more, try again", again: [] },
  "bad-record": {
    next: "Correct it, or leave up to a hundred such records out",
    again: ["--max-rejects", "100"],
  },
};

const writerKinds: Readonly<Partial<Record<WriterErrorCode, FailureKind>>> = {
  "invalid-option": "usage",
  "block-ids-exhausted": "usage",
  "compressor-missing": "usage",
  "block-exists": "conflict",
  "block-in-use": "conflict",
  "source-changed": "input",
  "invalid-job": "usage",
  "job-differs": "conflict",
  "nothing-to-resume": "not-found",
  "journal-locked": "conflict",
  "journal-damaged": "state",
  "journal-failed": "state",
  "session-committed-elsewhere": "conflict",
  "session-lost": "not-found",
  "outcome-unknown": "unknown-outcome",
  aborted: "interrupted",
};
