/**
 * The part of node:http's response that answers are written with. A `ServerResponse` fits as it is; one in memory needs
 * nothing else.
 */
export interface AnswerChannel {
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  /** The connection, for what no HTTP answer looks like. */
  readonly socket: AnswerSocket | null;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  /** False once the client should take some before there is more: a `drain` follows. */
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array | string): unknown;
  destroy(): unknown;
  on(event: "close" | "drain" | "finish", listener: () => void): unknown;
  once(event: "close", listener: () => void): unknown;
  off(event: "close" | "drain" | "finish", listener: () => void): unknown;
}

/** A connection under an answer. */
export interface AnswerSocket {
  /** Writes bytes that need not be HTTP. */
  write(bytes: Uint8Array): unknown;
  /** Closes the connection once what was written is on its way. */
  destroySoon(): void;
  /** Closes the connection in a way that the client notices. */
  resetAndDestroy(): unknown;
}
