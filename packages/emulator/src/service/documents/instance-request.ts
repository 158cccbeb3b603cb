/** One SQL task of a submitted job. */
export interface SqlTask {
  /** Task name, such as `AnonymousSQLTask` or `SQLCreateTableTask`. */
  readonly name: string;
  /** The statements, as the user wrote them. */
  readonly query: string;
  /** `Config` properties as sent: `settings`, `uuid`, `type` and others. */
  readonly properties: Readonly<Record<string, string>>;
  /** The JSON object in the property `settings`, its values as text. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A submitted job. */
export interface InstanceRequest {
  /** Name the caller gave the job. */
  readonly jobName?: string;
  /** 0 (most urgent) to 9. */
  readonly priority: number;
  readonly tasks: readonly [SqlTask, ...SqlTask[]];
}

/**
 * Reads the body of `POST /projects/P/instances`.
 *
 * @throws DocumentError when it is not well-formed XML, not a job, or asks for something other than SQL.
 */
export function parseInstanceRequest(xml: string): InstanceRequest {
  throw new Error(`to be written: ${xml.length}`);
}
