/**
 * How a client lays out the types that Arrow has several layouts for.
 *
 * protocol: MaxCompute Tunnel, Arrow types: a body carries no schema, so both sides have to know.
 */
export interface ArrowConventions {
  /** Bits of a DECIMAL without precision: 256 for 54 digits, 128 for 38. */
  readonly bareDecimalBits: 128 | 256;
  /** Digits after the point that a `decimal(p,0)` has in Arrow. */
  readonly scaleOfWholeDecimals: 0 | 18;
  readonly dayTimeInterval: "struct" | "interval";
  /**
   * Whether TIMESTAMP is sent as 64-bit nanoseconds, as a struct of seconds and nanoseconds, or as that in columns
   * only, which is how PyODPS reads the results of instances.
   */
  readonly timestamps: "nanoseconds" | "struct" | "struct-columns";
  /** Whether columns that are asked for come in the order they were asked for, or in the table's. */
  readonly columnOrder: "asked" | "table";
}

const standard: ArrowConventions = {
  bareDecimalBits: 256,
  scaleOfWholeDecimals: 0,
  dayTimeInterval: "interval",
  timestamps: "nanoseconds",
  columnOrder: "asked",
};

/**
 * What the client that names itself so expects; unknown ones are served as the Java client is.
 *
 * PyODPS takes `decimal(p,0)` for one of 18 digits after the point, has structs for intervals, and reads columns in
 * the table's order whatever it asked for. The Go client has no decimals of 256 bits.
 */
export function conventionsOf(userAgent: string | undefined): ArrowConventions {
  const name = userAgent?.toLowerCase() ?? "";
  if (name.startsWith("pyodps/")) {
    return { ...standard, scaleOfWholeDecimals: 18, dayTimeInterval: "struct", columnOrder: "table" };
  }
  if (name.startsWith("odps-go-sdk/")) {
    return { ...standard, bareDecimalBits: 128 };
  }
  return standard;
}

/**
 * What the client expects of previews, which carry their schema.
 *
 * The Go client reads timestamps of previews from structs only, at every depth, and structs hold times of every
 * year. PyODPS turns structs into nanoseconds, and fails at that when there are partition columns too.
 */
export function previewConventions(userAgent: string | undefined): ArrowConventions {
  const conventions = conventionsOf(userAgent);
  return {
    ...conventions,
    scaleOfWholeDecimals: 0,
    timestamps: conventions.dayTimeInterval === "struct" ? "nanoseconds" : "struct",
    columnOrder: "asked",
  };
}
