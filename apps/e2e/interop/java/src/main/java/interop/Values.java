package interop;

import com.aliyun.odps.Column;
import com.aliyun.odps.data.ArrayRecord;
import com.aliyun.odps.data.Binary;
import com.aliyun.odps.data.Char;
import com.aliyun.odps.data.IntervalDayTime;
import com.aliyun.odps.data.IntervalYearMonth;
import com.aliyun.odps.data.JsonValue;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.SimpleJsonValue;
import com.aliyun.odps.data.SimpleStruct;
import com.aliyun.odps.data.Struct;
import com.aliyun.odps.data.Varchar;
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
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of the vectors' conventions as the SDK takes them, and back. */
final class Values {
  private Values() {}

  static void fill(Record record, JsonArray row) {
    Column[] columns = record.getColumns();
    for (int i = 0; i < row.size(); i++) {
      if (!row.get(i).isJsonNull()) {
        record.set(i, of(row.get(i), columns[i].getTypeInfo()));
      }
    }
  }

  static JsonArray row(Record record, List<Column> columns) {
    JsonArray row = new JsonArray();
    for (int i = 0; i < columns.size(); i++) {
      Object value = columns.get(i).getTypeInfo().getOdpsType().name().equals("STRING")
          ? string(((ArrayRecord) record).getBytes(i))
          : record.get(i);
      row.add(tell(value, columns.get(i).getTypeInfo()));
    }
    return row;
  }

  private static String string(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  static double number(JsonElement value) {
    return Double.parseDouble(value.getAsString());
  }

  static byte[] bytes(JsonElement value) {
    String hex = value.getAsJsonObject().get("hex").getAsString();
    byte[] out = new byte[hex.length() / 2];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return out;
  }

  static Instant instant(JsonElement value) {
    JsonObject parts = value.getAsJsonObject();
    return Instant.ofEpochSecond(parts.get("seconds").getAsLong(), parts.get("nanos").getAsInt());
  }

  static Object of(JsonElement value, TypeInfo type) {
    if (value.isJsonNull()) {
      return null;
    }
    switch (type.getOdpsType()) {
      case TINYINT: return value.getAsByte();
      case SMALLINT: return value.getAsShort();
      case INT: return value.getAsInt();
      case BIGINT: return Long.parseLong(value.getAsString());
      case FLOAT: return (float) number(value);
      case DOUBLE: return number(value);
      case BOOLEAN: return value.getAsBoolean();
      case STRING: return value.getAsString();
      case CHAR: return new Char(value.getAsString());
      case VARCHAR: return new Varchar(value.getAsString());
      case BINARY: return new Binary(bytes(value));
      case DECIMAL: return new BigDecimal(value.getAsString());
      case DATE: return LocalDate.parse(value.getAsString());
      case DATETIME:
        return ZonedDateTime.ofInstant(
            Instant.ofEpochMilli(value.getAsJsonObject().get("epoch_ms").getAsLong()), ZoneOffset.UTC);
      case TIMESTAMP: return instant(value);
      case TIMESTAMP_NTZ: return LocalDateTime.ofInstant(instant(value), ZoneOffset.UTC);
      case INTERVAL_DAY_TIME: {
        Instant parts = instant(value);
        return new IntervalDayTime(parts.getEpochSecond(), parts.getNano());
      }
      case INTERVAL_YEAR_MONTH: return new IntervalYearMonth(value.getAsInt());
      case JSON: return new SimpleJsonValue(value.getAsString());
      case ARRAY: {
        List<Object> out = new ArrayList<>();
        for (JsonElement item : value.getAsJsonArray()) {
          out.add(of(item, ((ArrayTypeInfo) type).getElementTypeInfo()));
        }
        return out;
      }
      case MAP: {
        Map<Object, Object> out = new LinkedHashMap<>();
        for (JsonElement pair : value.getAsJsonArray()) {
          out.put(of(pair.getAsJsonArray().get(0), ((MapTypeInfo) type).getKeyTypeInfo()),
              of(pair.getAsJsonArray().get(1), ((MapTypeInfo) type).getValueTypeInfo()));
        }
        return out;
      }
      case STRUCT: {
        StructTypeInfo struct = (StructTypeInfo) type;
        List<Object> out = new ArrayList<>();
        for (int i = 0; i < struct.getFieldCount(); i++) {
          out.add(of(value.getAsJsonArray().get(i), struct.getFieldTypeInfos().get(i)));
        }
        return new SimpleStruct(struct, out);
      }
      default: throw new UnsupportedOperationException("unsupported: this client has no type " + type.getTypeName());
    }
  }

  static JsonElement number(double value) {
    if (Double.isNaN(value)) {
      return new JsonPrimitive("NaN");
    }
    return Double.isInfinite(value) ? new JsonPrimitive(value > 0 ? "Infinity" : "-Infinity") : new JsonPrimitive(value);
  }

  static JsonObject hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(String.format("%02x", b));
    }
    JsonObject out = new JsonObject();
    out.addProperty("hex", text.toString());
    return out;
  }

  static JsonObject split(long seconds, int nanos) {
    JsonObject out = new JsonObject();
    out.addProperty("seconds", String.valueOf(seconds));
    out.addProperty("nanos", nanos);
    return out;
  }

  static JsonElement tell(Object value, TypeInfo type) {
    if (value == null) {
      return JsonNull.INSTANCE;
    }
    switch (type.getOdpsType()) {
      case TINYINT: case SMALLINT: case INT: return new JsonPrimitive((Number) value);
      case BIGINT: return new JsonPrimitive(value.toString());
      case FLOAT: return number(((Float) value).doubleValue());
      case DOUBLE: return number((Double) value);
      case BOOLEAN: return new JsonPrimitive((Boolean) value);
      case STRING:
        return new JsonPrimitive(value instanceof byte[] ? string((byte[]) value) : value.toString());
      case CHAR: return new JsonPrimitive(((Char) value).getValue());
      case VARCHAR: return new JsonPrimitive(((Varchar) value).getValue());
      case BINARY: return hex(((Binary) value).data());
      case DECIMAL: return new JsonPrimitive(((BigDecimal) value).toPlainString());
      case DATE: return new JsonPrimitive(value.toString());
      case DATETIME: {
        JsonObject out = new JsonObject();
        long millis = value instanceof ZonedDateTime
            ? ((ZonedDateTime) value).toInstant().toEpochMilli()
            : ((java.util.Date) value).getTime();
        out.addProperty("epoch_ms", String.valueOf(millis));
        return out;
      }
      case TIMESTAMP: {
        Instant instant = value instanceof Instant ? (Instant) value : ((java.sql.Timestamp) value).toInstant();
        return split(instant.getEpochSecond(), instant.getNano());
      }
      case TIMESTAMP_NTZ: {
        LocalDateTime wall = (LocalDateTime) value;
        return split(wall.toEpochSecond(ZoneOffset.UTC), wall.getNano());
      }
      case INTERVAL_DAY_TIME:
        return split(((IntervalDayTime) value).getTotalSeconds(), ((IntervalDayTime) value).getNanos());
      case INTERVAL_YEAR_MONTH: return new JsonPrimitive(((IntervalYearMonth) value).getTotalMonths());
      case JSON: return new JsonPrimitive(((JsonValue) value).toString());
      case ARRAY: {
        JsonArray out = new JsonArray();
        for (Object item : (List<?>) value) {
          out.add(tell(item, ((ArrayTypeInfo) type).getElementTypeInfo()));
        }
        return out;
      }
      case MAP: {
        JsonArray out = new JsonArray();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          JsonArray pair = new JsonArray();
          pair.add(tell(entry.getKey(), ((MapTypeInfo) type).getKeyTypeInfo()));
          pair.add(tell(entry.getValue(), ((MapTypeInfo) type).getValueTypeInfo()));
          out.add(pair);
        }
        return out;
      }
      case STRUCT: {
        JsonArray out = new JsonArray();
        Struct struct = (Struct) value;
        for (int i = 0; i < struct.getFieldCount(); i++) {
          out.add(tell(struct.getFieldValue(i), struct.getFieldTypeInfo(i)));
        }
        return out;
      }
      default: throw new UnsupportedOperationException("unsupported: this client has no type " + type.getTypeName());
    }
  }
}
