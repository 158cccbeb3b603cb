import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { toDuckDbType } from "./duckdb-type.ts";
import type { Place } from "./query.ts";
import { notSupported } from "./translation.ts";
import { asText, familyOf, type TypedSql, typed } from "./typed-sql.ts";

/** CAST as the dialect does it: what cannot be read gives NULL, and numbers lose their fraction, not their half. */
export function translateCast(value: TypedSql, type: ColumnType, place: Place): TypedSql {
  switch (type.kind) {
    case "string":
      return asText(value);
    case "char":
    case "varchar":
      return typed(`left(${asText(value).sql}, ${type.length})`, type);
    case "binary":
      return typed(value.type?.kind === "binary" ? value.sql : `encode(${asText(value).sql})`, type);
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return castToInteger(value, type, place);
    case "boolean":
      return typed(`TRY_CAST(${value.sql} AS BOOLEAN)`, type);
    case "date":
    case "datetime":
      return typed(`TRY_CAST(${momentOf(value)} AS ${toDuckDbType(type)})`, type);
    case "interval_day_time":
    case "interval_year_month":
    case "vector":
    case "geography":
      throw notSupported(`CAST to ${type.kind}`, place);
    default:
      return typed(`TRY_CAST(${value.sql} AS ${toDuckDbType(type)})`, type);
  }
}

function castToInteger(value: TypedSql, type: ColumnType, place: Place): TypedSql {
  const target = toDuckDbType(type);
  switch (familyOf(value)) {
    case "time":
      if (value.type?.kind === "date") throw notSupported("CAST of a DATE to a number", place);
      return typed(`TRY_CAST(floor(epoch(${value.sql})) AS ${target})`, type);
    case "float":
    case "decimal":
      return typed(`TRY_CAST(trunc(${value.sql}) AS ${target})`, type);
    case "string":
      // Text with a fraction is cut like a number; whole numbers never pass through a DOUBLE.
      return typed(
        `TRY_CAST(regexp_extract(${value.sql}, '^\\s*([+-]?\\d+)(\\.\\d*)?\\s*$', 1) AS ${target})`,
        type,
      );
    default:
      return typed(`TRY_CAST(${value.sql} AS ${target})`, type);
  }
}

/** A number of seconds is a moment too. */
function momentOf(value: TypedSql): string {
  return familyOf(value) === "integer" ? `make_timestamp(CAST(${value.sql} AS BIGINT) * 1000000)` : value.sql;
}
