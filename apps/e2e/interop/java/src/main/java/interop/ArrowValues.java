package interop;

import com.aliyun.odps.Column;
import com.aliyun.odps.type.ArrayTypeInfo;
import com.aliyun.odps.type.MapTypeInfo;
import com.aliyun.odps.type.StructTypeInfo;
import com.aliyun.odps.type.TypeInfo;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/** Values of the vectors' conventions in Arrow vectors, and back. */
final class ArrowValues {
  private ArrowValues() {}

  static void fill(VectorSchemaRoot batch, JsonArray rows, List<Column> columns) {
    for (int c = 0; c < columns.size(); c++) {
      FieldVector vector = batch.getVector(c);
      vector.allocateNew();
      for (int r = 0; r < rows.size(); r++) {
        put(vector, r, rows.get(r).getAsJsonArray().get(c), columns.get(c).getTypeInfo());
      }
      vector.setValueCount(rows.size());
    }
    batch.setRowCount(rows.size());
  }

  private static void put(FieldVector vector, int r, JsonElement value, TypeInfo type) {
    if (value.isJsonNull()) {
      vector.setNull(r);
    } else if (vector instanceof TinyIntVector) {
      ((TinyIntVector) vector).setSafe(r, value.getAsInt());
    } else if (vector instanceof SmallIntVector) {
      ((SmallIntVector) vector).setSafe(r, value.getAsInt());
    } else if (vector instanceof IntVector) {
      ((IntVector) vector).setSafe(r, value.getAsInt());
    } else if (vector instanceof BigIntVector) {
      ((BigIntVector) vector).setSafe(r, Long.parseLong(value.getAsString()));
    } else if (vector instanceof Float4Vector) {
      ((Float4Vector) vector).setSafe(r, (float) Values.number(value));
    } else if (vector instanceof Float8Vector) {
      ((Float8Vector) vector).setSafe(r, Values.number(value));
    } else if (vector instanceof BitVector) {
      ((BitVector) vector).setSafe(r, value.getAsBoolean() ? 1 : 0);
    } else if (vector instanceof VarCharVector) {
      ((VarCharVector) vector).setSafe(r, value.getAsString().getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector) {
      ((VarBinaryVector) vector).setSafe(r, Values.bytes(value));
    } else if (vector instanceof DecimalVector) {
      ((DecimalVector) vector).setSafe(r, new BigDecimal(value.getAsString()).setScale(((DecimalVector) vector).getScale()));
    } else if (vector instanceof Decimal256Vector) {
      ((Decimal256Vector) vector).setSafe(r,
          new BigDecimal(value.getAsString()).setScale(((Decimal256Vector) vector).getScale()));
    } else if (vector instanceof DateDayVector) {
      ((DateDayVector) vector).setSafe(r, (int) LocalDate.parse(value.getAsString()).toEpochDay());
    } else if (vector instanceof DateMilliVector) {
      ((DateMilliVector) vector).setSafe(r, value.getAsJsonObject().get("epoch_ms").getAsLong());
    } else if (vector instanceof TimeStampVector) {
      Instant instant = Values.instant(value);
      ((TimeStampVector) vector).setSafe(r, Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano()));
    } else if (vector instanceof MapVector) {
      MapVector map = (MapVector) vector;
      JsonArray pairs = value.getAsJsonArray();
      int start = map.startNewValue(r);
      StructVector entries = (StructVector) map.getDataVector();
      for (int i = 0; i < pairs.size(); i++) {
        entries.setIndexDefined(start + i);
        put((FieldVector) entries.getChildByOrdinal(0), start + i, pairs.get(i).getAsJsonArray().get(0),
            ((MapTypeInfo) type).getKeyTypeInfo());
        put((FieldVector) entries.getChildByOrdinal(1), start + i, pairs.get(i).getAsJsonArray().get(1),
            ((MapTypeInfo) type).getValueTypeInfo());
      }
      map.endValue(r, pairs.size());
    } else if (vector instanceof ListVector) {
      ListVector list = (ListVector) vector;
      JsonArray items = value.getAsJsonArray();
      int start = list.startNewValue(r);
      for (int i = 0; i < items.size(); i++) {
        put(list.getDataVector(), start + i, items.get(i), ((ArrayTypeInfo) type).getElementTypeInfo());
      }
      list.endValue(r, items.size());
    } else if (vector instanceof StructVector) {
      StructVector struct = (StructVector) vector;
      struct.setIndexDefined(r);
      for (int i = 0; i < struct.size(); i++) {
        put((FieldVector) struct.getChildByOrdinal(i), r, value.getAsJsonArray().get(i),
            ((StructTypeInfo) type).getFieldTypeInfos().get(i));
      }
    } else {
      throw new UnsupportedOperationException("unsupported: no Arrow vector for " + type.getTypeName() + ": " + vector.getClass());
    }
  }

  static void append(JsonArray rows, VectorSchemaRoot batch, List<Column> columns) {
    for (int r = 0; r < batch.getRowCount(); r++) {
      JsonArray row = new JsonArray();
      for (int c = 0; c < columns.size(); c++) {
        row.add(get(batch.getVector(c), r, columns.get(c).getTypeInfo()));
      }
      rows.add(row);
    }
  }

  private static JsonElement get(FieldVector vector, int r, TypeInfo type) {
    if (vector.isNull(r)) {
      return JsonNull.INSTANCE;
    }
    if (vector instanceof TinyIntVector) {
      return new JsonPrimitive(((TinyIntVector) vector).get(r));
    } else if (vector instanceof SmallIntVector) {
      return new JsonPrimitive(((SmallIntVector) vector).get(r));
    } else if (vector instanceof IntVector) {
      return new JsonPrimitive(((IntVector) vector).get(r));
    } else if (vector instanceof BigIntVector) {
      return new JsonPrimitive(String.valueOf(((BigIntVector) vector).get(r)));
    } else if (vector instanceof Float4Vector) {
      return Values.number(((Float4Vector) vector).get(r));
    } else if (vector instanceof Float8Vector) {
      return Values.number(((Float8Vector) vector).get(r));
    } else if (vector instanceof BitVector) {
      return new JsonPrimitive(((BitVector) vector).get(r) == 1);
    } else if (vector instanceof VarCharVector) {
      return new JsonPrimitive(new String(((VarCharVector) vector).get(r), StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector) {
      return Values.hex(((VarBinaryVector) vector).get(r));
    } else if (vector instanceof DecimalVector || vector instanceof Decimal256Vector) {
      return new JsonPrimitive(((BigDecimal) vector.getObject(r)).toPlainString());
    } else if (vector instanceof DateDayVector) {
      return new JsonPrimitive(LocalDate.ofEpochDay(((DateDayVector) vector).get(r)).toString());
    } else if (vector instanceof DateMilliVector) {
      JsonObject out = new JsonObject();
      out.addProperty("epoch_ms", String.valueOf(((DateMilliVector) vector).get(r)));
      return out;
    } else if (vector instanceof TimeStampVector) {
      long nanos = ((TimeStampVector) vector).get(r);
      if (type.getOdpsType().name().equals("DATETIME")) {
        JsonObject out = new JsonObject();
        out.addProperty("epoch_ms", String.valueOf(nanos));
        return out;
      }
      return Values.split(Math.floorDiv(nanos, 1_000_000_000L), (int) Math.floorMod(nanos, 1_000_000_000L));
    } else if (vector instanceof IntervalYearVector) {
      return new JsonPrimitive(((IntervalYearVector) vector).get(r));
    } else if (vector instanceof IntervalDayVector) {
      Duration length = ((IntervalDayVector) vector).getObject(r);
      return Values.split(length.getSeconds(), length.getNano());
    } else if (vector instanceof MapVector) {
      MapVector map = (MapVector) vector;
      StructVector entries = (StructVector) map.getDataVector();
      JsonArray out = new JsonArray();
      for (int i = map.getElementStartIndex(r); i < map.getElementEndIndex(r); i++) {
        JsonArray pair = new JsonArray();
        pair.add(get((FieldVector) entries.getChildByOrdinal(0), i, ((MapTypeInfo) type).getKeyTypeInfo()));
        pair.add(get((FieldVector) entries.getChildByOrdinal(1), i, ((MapTypeInfo) type).getValueTypeInfo()));
        out.add(pair);
      }
      return out;
    } else if (vector instanceof ListVector) {
      ListVector list = (ListVector) vector;
      JsonArray out = new JsonArray();
      for (int i = list.getElementStartIndex(r); i < list.getElementEndIndex(r); i++) {
        out.add(get(list.getDataVector(), i, ((ArrayTypeInfo) type).getElementTypeInfo()));
      }
      return out;
    } else if (vector instanceof StructVector) {
      StructVector struct = (StructVector) vector;
      if (type.getOdpsType().name().startsWith("TIMESTAMP")) {
        return Values.split(((BigIntVector) struct.getChildByOrdinal(0)).get(r), ((IntVector) struct.getChildByOrdinal(1)).get(r));
      }
      JsonArray out = new JsonArray();
      for (int i = 0; i < struct.size(); i++) {
        out.add(get((FieldVector) struct.getChildByOrdinal(i), r, ((StructTypeInfo) type).getFieldTypeInfos().get(i)));
      }
      return out;
    }
    throw new UnsupportedOperationException("unsupported: Arrow vector " + vector.getClass() + " for " + type.getTypeName());
  }
}
