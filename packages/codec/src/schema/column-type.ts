/** A column's type, parsed. Types nest to any depth through `array`, `map` and `struct`. */
export type ColumnType =
  | SimpleType
  | DecimalType
  | CharacterType
  | ArrayType
  | MapType
  | StructType
  | VectorType;

/** A type without parameters. */
export interface SimpleType {
  readonly kind: SimpleKind;
}

/** The names of the types without parameters. `geography` travels as raw bytes (WKB). */
export type SimpleKind =
  | "tinyint"
  | "smallint"
  | "int"
  | "bigint"
  | "float"
  | "double"
  | "boolean"
  | "string"
  | "binary"
  | "date"
  | "datetime"
  | "timestamp"
  | "timestamp_ntz"
  | "interval_day_time"
  | "interval_year_month"
  | "json"
  | "geography";

/**
 * `decimal(p,s)`, or the bare legacy `decimal`, which has no `precision` and `scale` here and means 54 digits
 * with 18 after the point.
 */
export interface DecimalType {
  readonly kind: "decimal";
  readonly precision?: number;
  readonly scale?: number;
}

/** `char(n)` and `varchar(n)`; `length` counts characters (Unicode code points), not bytes. */
export interface CharacterType {
  readonly kind: "char" | "varchar";
  readonly length: number;
}

export interface ArrayType {
  readonly kind: "array";
  readonly element: ColumnType;
}

export interface MapType {
  readonly kind: "map";
  readonly key: ColumnType;
  readonly value: ColumnType;
}

export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly StructField[];
}

/** One field of a struct. Names keep the case they were written in and are compared without it. */
export interface StructField {
  readonly name: string;
  readonly type: ColumnType;
}

/** `vector(float|double, dimension)`: a fixed number of floating point elements, none of them NULL. */
export interface VectorType {
  readonly kind: "vector";
  readonly element: "float" | "double";
  readonly dimension: number;
}
