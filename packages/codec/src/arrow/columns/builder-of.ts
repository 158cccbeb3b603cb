import type { ArrowType } from "./arrow-types.ts";
import * as types from "./arrow-types.ts";
import { BytesBuilder } from "./bytes-builder.ts";
import type { ColumnBuilder } from "./column-builder.ts";
import {
  FixedListBuilder,
  InstantBuilder,
  ListBuilder,
  MapBuilder,
  StructBuilder,
} from "./nested-builders.ts";
import { BooleanBuilder, DecimalBuilder, type NumberArray, NumberBuilder } from "./number-builders.ts";

/** What collects a column of a type. */
export function builderOf(type: ArrowType): ColumnBuilder {
  const children = type.children ?? [];
  switch (type.typeId) {
    case types.typeInt:
    case types.typeFloat:
    case types.typeDate:
    case types.typeTimestamp:
    case types.typeInterval:
      return new NumberBuilder(type, arrayOf(type));
    case types.typeBool:
      return new BooleanBuilder(type);
    case types.typeDecimal:
      return new DecimalBuilder(type);
    case types.typeList:
      return new ListBuilder(type, builderOf(children[0]!.type));
    case types.typeMap: {
      const [key, value] = children[0]!.type.children!;
      return new MapBuilder(type, builderOf(key!.type), builderOf(value!.type));
    }
    case types.typeStruct:
      return isInstant(type)
        ? new InstantBuilder(type)
        : new StructBuilder(
            type,
            children.map((child) => builderOf(child.type)),
          );
    case types.typeFixedSizeList:
      return new FixedListBuilder(type, arrayOf(children[0]!.type));
    default:
      return new BytesBuilder(type);
  }
}

/** A day-time interval, or a timestamp as fields: there is no other way to these two types. */
function isInstant(type: ArrowType): boolean {
  return type === types.instantFields;
}

function arrayOf(type: ArrowType): NumberArray {
  if (type.typeId === types.typeFloat) return type.precision === 2 ? Float64Array : Float32Array;
  if (type.typeId === types.typeTimestamp || type.bitWidth === 64) return BigInt64Array;
  if (type.bitWidth === 8) return Int8Array;
  return type.bitWidth === 16 ? Int16Array : Int32Array;
}
