/** What a command line of `tunnel` becomes, or why it becomes nothing. */
export type Translation =
  | {
      readonly kind: "command";
      /** Our own command line, without `mctunnel`. */
      readonly argv: readonly string[];
      /** What works otherwise than it did, one sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "refused"; readonly message: string; readonly next: string };

/** What the translation has to know about the world around it. */
export interface OldWorld {
  /** The machine's own time zone: the old command reads times in it unless `-tz` says otherwise. */
  readonly localZone: string;
  /** The project of a table named without one, where it is known. */
  readonly project?: string | undefined;
  /** Whether `a.b` is a schema and a table (`odps.namespace.schema`), not a project and a table. */
  readonly threeLevels?: boolean;
  /** Options that stand in odps_config.ini, by lower-case name; the command line wins. */
  readonly configured?: ReadonlyMap<string, string>;
}

/** Makes a refusal; the next step is our own help unless it is said. */
export function refused(message: string, next: string): Translation {
  return { kind: "refused", message, next };
}
