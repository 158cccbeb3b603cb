import type { CallOptions } from "../call-options.ts";
import { describeTable, type TableName } from "../connection.ts";
import { SessionError } from "../errors.ts";
import { askTable, sendToTable, type TableTarget } from "../table-request.ts";
import type { TunnelSchema } from "../table-schema.ts";
import { plainBody, wantedEncodings } from "./content-encoding.ts";
import { type DownloadDocument, parseDownloadDocumentOf } from "./download-document.ts";
import type { DownloadStatus, ReadOptions, TableDownloadSession } from "./download-session.ts";

/** A download session that the server has ready. */
export class OpenDownloadSession implements TableDownloadSession {
  readonly id: string;
  readonly table: TableName;
  readonly partition?: string;
  readonly schema: TunnelSchema;
  readonly recordCount: number;
  readonly expiresAt?: Date;
  readonly #target: TableTarget;

  constructor(target: TableTarget, document: DownloadDocument) {
    this.#target = target;
    this.id = document.id;
    this.table = target.table;
    this.schema = document.schema;
    this.recordCount = document.recordCount;
    if (target.partition !== undefined) this.partition = target.partition;
    if (document.expiresAt !== undefined) this.expiresAt = document.expiresAt;
  }

  async read(start: number, count: number, options: ReadOptions = {}): Promise<ReadableStream<Uint8Array>> {
    this.#checkRange(start, count);
    const wanted = wantedEncodings(options.acceptEncoding, options.decompressors);
    const response = await sendToTable(this.#target, {
      operation: "read rows",
      method: "GET",
      kind: "data",
      query: {
        data: "",
        downloadid: this.id,
        rowrange: `(${start},${count})`,
        columns: this.#columnList(options.columns),
        arrow: options.format === "arrow" ? "" : undefined,
        disable_modified_check: options.ignoreModification ? "true" : undefined,
      },
      // Said even when there is none: otherwise fetch asks for gzip and deflate of its own accord.
      headers: { "Accept-Encoding": wanted.length === 0 ? "identity" : wanted.join(", ") },
      signal: options.signal,
    });
    return plainBody(response, options.decompressors ?? {});
  }

  async status(options: CallOptions = {}): Promise<DownloadStatus> {
    const { document } = await askTable(
      this.#target,
      {
        operation: "read download status",
        method: "GET",
        kind: "control",
        query: { downloadid: this.id },
        signal: options.signal,
      },
      parseDownloadDocumentOf(this.id),
    );
    return document.status;
  }

  #checkRange(start: number, count: number): void {
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(count);
    if (whole && start >= 0 && count >= 0 && start <= this.recordCount) return;
    throw new SessionError(
      "invalid-row-range",
      `Expected rows within 0..${this.recordCount}, got start ${start} and count ${count}`,
      { operation: "read rows", table: describeTable(this.table), sessionId: this.id },
    );
  }

  #columnList(columns: readonly string[] | undefined): string | undefined {
    if (columns === undefined) return undefined;
    const names = columns.map((wanted) => {
      const column = this.schema.columns.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
      if (column === undefined)
        throw this.#columnError(`the name of a data column, got ${JSON.stringify(wanted)}`);
      return column.name;
    });
    if (names.length === 0) throw this.#columnError("at least one column, got none");
    if (new Set(names).size < names.length)
      throw this.#columnError(`each column once, got ${columns.join(", ")}`);
    return names.join(",");
  }

  #columnError(message: string): SessionError {
    const table = describeTable(this.table);
    return new SessionError("invalid-argument", `read rows of ${table}: Expected ${message}`, {
      operation: "read rows",
      table,
      sessionId: this.id,
    });
  }
}
