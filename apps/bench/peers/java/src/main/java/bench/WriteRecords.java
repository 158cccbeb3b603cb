package bench;

import com.aliyun.odps.Column;
import com.aliyun.odps.TableSchema;
import com.aliyun.odps.commons.proto.ProtobufRecordStreamWriter;
import com.aliyun.odps.data.ArrayRecord;
import com.aliyun.odps.tunnel.io.CompressOption;
import com.aliyun.odps.type.TypeInfoParser;
import java.io.OutputStream;
import java.util.Date;

/** The SDK's record writer, in memory: {@code write-records ROWS prebuilt|set}. */
final class WriteRecords {
  /** Ready text in a STRING column is the cheaper way for the SDK; the bytes are the same as those of a DECIMAL. */
  private static final String[] TYPES = {
    "bigint", "double", "string", "string", "string", "datetime", "boolean", "string", "bigint", "double"
  };

  private static final String[] CITIES = {"Hangzhou", "Beijing", "San Francisco", "München", "東京"};

  static void main(int count, boolean prebuilt) throws Exception {
    TableSchema schema = new TableSchema();
    for (int i = 0; i < TYPES.length; i++) {
      schema.addColumn(new Column("c" + i, TypeInfoParser.getTypeInfoFromTypeString(TYPES[i])));
    }
    Column[] columns = schema.getColumns().toArray(new Column[0]);
    Object[][] rows = new Object[count][];
    for (int i = 0; i < count; i++) {
      rows[i] = row(i);
    }
    if (!prebuilt) {
      Contender.serve(count, sink -> setAndWrite(schema, columns, rows, sink));
    }
    ArrayRecord[] records = new ArrayRecord[count];
    for (int i = 0; i < count; i++) {
      records[i] = new ArrayRecord(columns, false);
      for (int j = 0; j < columns.length; j++) {
        records[i].set(j, rows[i][j]);
      }
    }
    Contender.serve(
        count,
        sink -> {
          ProtobufRecordStreamWriter writer = open(schema, sink);
          for (ArrayRecord record : records) {
            writer.write(record);
          }
          writer.close();
        });
  }

  private static void setAndWrite(TableSchema schema, Column[] columns, Object[][] rows, OutputStream sink)
      throws Exception {
    ProtobufRecordStreamWriter writer = open(schema, sink);
    ArrayRecord record = new ArrayRecord(columns, true);
    for (Object[] row : rows) {
      record.setBigint(0, (Long) row[0]);
      record.setDouble(1, (Double) row[1]);
      record.setString(2, (String) row[2]);
      record.setString(3, (String) row[3]);
      record.setString(4, (String) row[4]);
      record.setDatetime(5, (Date) row[5]);
      record.setBoolean(6, (Boolean) row[6]);
      record.setString(7, (String) row[7]);
      record.setBigint(8, (Long) row[8]);
      record.setDouble(9, (Double) row[9]);
      writer.write(record);
    }
    writer.close();
  }

  private static ProtobufRecordStreamWriter open(TableSchema schema, OutputStream sink) throws Exception {
    return new ProtobufRecordStreamWriter(
        schema, sink, new CompressOption(CompressOption.CompressAlgorithm.ODPS_RAW, 0, 0));
  }

  private static Object[] row(int i) {
    return new Object[] {
      i * 7919L,
      i * 1.25,
      "user_" + i % 1000,
      CITIES[i % 5],
      "note for row number " + i + " with some more text",
      new Date(1_700_000_000_000L + i * 1000L),
      i % 2 == 0,
      i % 10_000 + ".50",
      (long) (i % 500),
      Math.sqrt(i),
    };
  }

  private WriteRecords() {}
}
