import { isTunnelError, type TunnelError, type TunnelResponse } from "@maxcompute-tunnel/transport";
import { checkName, type ServiceConnection } from "./connection.ts";
import { ServiceError } from "./errors.ts";
import { parseXml, type XmlElement } from "./xml/parse-xml.ts";

/** Options of every call that sends a request. */
export interface CallOptions {
  /** Breaks the call off. @default none */
  readonly signal?: AbortSignal;
}

/** One request to the REST service. */
export interface ServiceCall {
  readonly operation: string;
  readonly method: "GET" | "POST";
  /** Below the endpoint, decoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly xml?: string;
  readonly retry?: "default" | "none";
  readonly signal: AbortSignal | undefined;
}

/** Sends a request, with the project (and schema) that every service request carries. */
export function sendToService(connection: ServiceConnection, call: ServiceCall): Promise<TunnelResponse> {
  checkName("project", connection.project);
  return connection.transport({
    operation: call.operation,
    method: call.method,
    kind: "control",
    endpoint: connection.endpoint,
    path: call.path,
    query: { ...call.query, curr_project: connection.project },
    ...(call.xml !== undefined && {
      body: { kind: "text" as const, text: call.xml, contentType: "application/xml" },
    }),
    ...(call.retry && { retry: call.retry }),
    ...(call.signal && { signal: call.signal }),
  });
}

/** Sends a request and reads the XML of its answer, whose root must be `root`. */
export async function askService(
  connection: ServiceConnection,
  call: ServiceCall,
  root: string,
): Promise<{ readonly element: XmlElement; readonly response: TunnelResponse }> {
  const response = await sendToService(connection, call);
  return { element: readXml(call.operation, response, await response.text(), root), response };
}

/** Reads an XML answer. @throws ServiceError `invalid-response`. */
export function readXml(operation: string, response: TunnelResponse, text: string, root: string): XmlElement {
  try {
    const element = parseXml(text);
    if (element.name === root) return element;
    throw new ServiceError("invalid-response", `Expected <${root}>, got <${element.name}>`);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError("invalid-response", `${operation}: the service's answer: ${message}`, {
      operation,
      requestId: response.requestId,
      cause,
    });
  }
}

/**
 * Whether the service itself said that the thing asked for does not exist. A 404 without the service's own code comes
 * from something else, such as a wrong endpoint, and says nothing about the thing.
 */
export function isMissingObject(error: unknown): error is TunnelError {
  return (
    isTunnelError(error) &&
    error.code === "not-found" &&
    error.serviceCode !== undefined &&
    error.serviceCode !== "NoSuchProject" &&
    // The same code stands for projects; only the number in the message tells them apart.
    !/\bODPS-0420111\b/u.test(error.message)
  );
}
