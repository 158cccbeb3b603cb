package interop;

import com.aliyun.odps.Column;
import com.aliyun.odps.Instance;
import com.aliyun.odps.Odps;
import com.aliyun.odps.OdpsException;
import com.aliyun.odps.Partition;
import com.aliyun.odps.PartitionSpec;
import com.aliyun.odps.Table;
import com.aliyun.odps.TableSchema;
import com.aliyun.odps.Tables;
import com.aliyun.odps.account.AliyunAccount;
import com.aliyun.odps.data.ArrowRecordReader;
import com.aliyun.odps.data.ArrowRecordWriter;
import com.aliyun.odps.data.Record;
import com.aliyun.odps.data.RecordReader;
import com.aliyun.odps.data.RecordWriter;
import com.aliyun.odps.task.SQLTask;
import com.aliyun.odps.tunnel.InstanceTunnel;
import com.aliyun.odps.tunnel.TableTunnel;
import com.aliyun.odps.tunnel.TunnelException;
import com.aliyun.odps.tunnel.io.CompressOption;
import com.aliyun.odps.tunnel.io.TunnelBufferedWriter;
import com.aliyun.odps.tunnel.streams.UpsertStream;
import com.aliyun.odps.type.TypeInfoParser;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Drives an unmodified MaxCompute Java SDK from JSON lines: one request a line on stdin, one answer a line on stdout.
 * Values travel in the conventions of the golden vectors, so that one comparison serves every client.
 */
public final class Adapter {
  private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private Odps odps;
  private TableTunnel tunnel;
  private String project;
  private String schema;

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    Adapter adapter = new Adapter();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonObject answer;
      try {
        answer = adapter.handle(JsonParser.parseString(line).getAsJsonObject());
        answer.addProperty("ok", true);
      } catch (Throwable error) { // the answer is the error: the driver decides whether it was wanted
        answer = failure(error);
      }
      out.println(GSON.toJson(answer));
    }
    System.exit(0);
  }

  private static JsonObject failure(Throwable error) {
    String code = error.getClass().getSimpleName();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof TunnelException && ((TunnelException) cause).getErrorCode() != null) {
        code = ((TunnelException) cause).getErrorCode();
      } else if (cause instanceof OdpsException && ((OdpsException) cause).getErrorCode() != null) {
        code = ((OdpsException) cause).getErrorCode();
      }
    }
    JsonObject detail = new JsonObject();
    detail.addProperty("code", code);
    detail.addProperty("message", String.valueOf(error.getMessage()));
    StackTraceElement[] trace = error.getStackTrace();
    detail.addProperty("trace", trace.length > 0 ? trace[0].toString() : "");
    JsonObject answer = new JsonObject();
    answer.addProperty("ok", false);
    answer.add("error", detail);
    return answer;
  }

  private JsonObject handle(JsonObject q) throws Exception {
    switch (q.get("op").getAsString()) {
      case "init": return init(q);
      case "create-table": return createTable(q);
      case "describe": return describe(q);
      case "list-tables": return listTables(q);
      case "drop-table": return dropTable(q);
      case "create-partition": return createPartition(q);
      case "sql": return sql(q);
      case "run-sql": SQLTask.run(odps, text(q, "text")).waitForSuccess(); return new JsonObject();
      case "upload": return upload(q);
      case "commit-wrong-list": return commitWrongList(q);
      case "download": return download(q);
      case "stream": return stream(q);
      case "upsert": return upsert(q);
      case "preview": return preview(q);
      default: throw new UnsupportedOperationException("unsupported: this client has no " + text(q, "op"));
    }
  }

  private static String text(JsonObject q, String name) {
    return q.has(name) && !q.get(name).isJsonNull() ? q.get(name).getAsString() : null;
  }

  private static boolean flag(JsonObject q, String name) {
    return q.has(name) && q.get(name).getAsBoolean();
  }

  private JsonObject init(JsonObject q) {
    String region = text(q, "region");
    AliyunAccount account = region == null
        ? new AliyunAccount(text(q, "accessId"), text(q, "accessKey"))
        : new AliyunAccount(text(q, "accessId"), text(q, "accessKey"), region);
    odps = new Odps(account);
    odps.setEndpoint(text(q, "endpoint"));
    project = text(q, "project");
    odps.setDefaultProject(project);
    schema = text(q, "schema");
    if (schema != null) {
      odps.setCurrentSchema(schema);
    }
    tunnel = new TableTunnel(odps);
    if (text(q, "tunnelEndpoint") != null) {
      tunnel.setEndpoint(text(q, "tunnelEndpoint"));
    }
    JsonObject answer = new JsonObject();
    answer.addProperty("client", "java");
    answer.addProperty("version", com.aliyun.odps.Odps.class.getPackage().getImplementationVersion());
    return answer;
  }

  private Table table(String name) {
    return schema == null ? odps.tables().get(project, name) : odps.tables().get(project, schema, name);
  }

  private JsonObject createTable(JsonObject q) throws Exception {
    TableSchema made = new TableSchema();
    List<String> keys = new ArrayList<>();
    if (q.has("primaryKey")) {
      q.getAsJsonArray("primaryKey").forEach(k -> keys.add(k.getAsString()));
    }
    for (JsonElement c : q.getAsJsonArray("columns")) {
      Column column = column(c);
      if (keys.contains(column.getName())) {
        column.setNullable(false);
      }
      made.addColumn(column);
    }
    if (q.has("partitionKeys")) {
      q.getAsJsonArray("partitionKeys").forEach(c -> made.addPartitionColumn(column(c)));
    }
    Tables.TableCreator creator = odps.tables().newTableCreator(project, text(q, "table"), made);
    if (schema != null) {
      creator = creator.withSchemaName(schema);
    }
    if (!keys.isEmpty()) {
      creator = creator.deltaTable().withPrimaryKeys(keys).withDeltaTableBucketNum(4);
    }
    creator.create();
    JsonObject answer = new JsonObject();
    answer.addProperty("exists", exists(text(q, "table")));
    return answer;
  }

  private boolean exists(String name) throws OdpsException {
    return schema == null ? odps.tables().exists(project, name) : odps.tables().exists(project, schema, name);
  }

  private static Column column(JsonElement spec) {
    JsonObject c = spec.getAsJsonObject();
    return new Column(text(c, "name"), TypeInfoParser.getTypeInfoFromTypeString(text(c, "type")));
  }

  private JsonObject describe(JsonObject q) {
    TableSchema known = table(text(q, "table")).getSchema();
    JsonObject answer = new JsonObject();
    answer.add("columns", names(known.getColumns()));
    answer.add("partitionKeys", names(known.getPartitionColumns()));
    return answer;
  }

  private static JsonArray names(List<Column> columns) {
    JsonArray list = new JsonArray();
    for (Column column : columns) {
      JsonObject one = new JsonObject();
      one.addProperty("name", column.getName());
      one.addProperty("type", column.getTypeInfo().getTypeName());
      list.add(one);
    }
    return list;
  }

  private JsonObject listTables(JsonObject q) {
    com.aliyun.odps.TableFilter filter = new com.aliyun.odps.TableFilter();
    filter.setName(text(q, "prefix"));
    JsonArray list = new JsonArray();
    odps.tables().iterable(project, filter).forEach(t -> list.add(t.getName()));
    JsonObject answer = new JsonObject();
    answer.add("tables", list);
    return answer;
  }

  private JsonObject dropTable(JsonObject q) throws Exception {
    odps.tables().delete(project, text(q, "table"));
    JsonObject answer = new JsonObject();
    answer.addProperty("exists", exists(text(q, "table")));
    return answer;
  }

  private JsonObject createPartition(JsonObject q) throws Exception {
    Table target = table(text(q, "table"));
    target.createPartition(new PartitionSpec(text(q, "partition")), true);
    JsonArray list = new JsonArray();
    for (Partition partition : target.getPartitions()) {
      list.add(partition.getPartitionSpec().toString());
    }
    target.getPartitionSpecs();
    JsonObject answer = new JsonObject();
    answer.add("partitions", list);
    return answer;
  }

  private JsonObject sql(JsonObject q) throws Exception {
    Instance instance = SQLTask.run(odps, text(q, "text"));
    instance.waitForSuccess();
    JsonObject answer = new JsonObject();
    if (flag(q, "tunnel")) {
      InstanceTunnel results = new InstanceTunnel(odps);
      if (text(q, "tunnelEndpoint") != null) {
        results.setEndpoint(text(q, "tunnelEndpoint"));
      }
      InstanceTunnel.DownloadSession session = results.createDownloadSession(project, instance.getId());
      answer.add("rows", read(session.openRecordReader(0, session.getRecordCount()), session.getSchema().getColumns()));
    } else {
      answer.addProperty("text", instance.getTaskResults().values().stream().findFirst().orElse(""));
    }
    return answer;
  }

  private static CompressOption compression(JsonObject q) {
    String name = text(q, "compression");
    if (name == null || name.equals("none")) {
      return new CompressOption(CompressOption.CompressAlgorithm.ODPS_RAW, 0, 0);
    }
    switch (name) {
      case "deflate": return new CompressOption(CompressOption.CompressAlgorithm.ODPS_ZLIB, 1, 0);
      case "snappy": return new CompressOption(CompressOption.CompressAlgorithm.ODPS_SNAPPY, 0, 0);
      case "zstd": return new CompressOption(CompressOption.CompressAlgorithm.valueOf("ODPS_ZSTD"), 1, 0);
      case "lz4": return new CompressOption(CompressOption.CompressAlgorithm.ODPS_LZ4_FRAME, 0, 0);
      case "arrow-lz4": return new CompressOption(CompressOption.CompressAlgorithm.ODPS_ARROW_LZ4_FRAME, 0, 0);
      default: throw new UnsupportedOperationException("unsupported: this client has no " + name);
    }
  }

  private TableTunnel.UploadSession session(JsonObject q) throws Exception {
    String in = text(q, "schema") != null ? text(q, "schema") : schema;
    String partition = text(q, "partition");
    if (flag(q, "createPartition")) {
      table(text(q, "table")).createPartition(new PartitionSpec(partition), true);
    }
    if (partition == null) {
      return tunnel.createUploadSession(project, in, text(q, "table"), flag(q, "overwrite"));
    }
    return tunnel.createUploadSession(project, in, text(q, "table"), new PartitionSpec(partition), flag(q, "overwrite"));
  }

  private JsonObject upload(JsonObject q) throws Exception {
    TableTunnel.UploadSession session = session(q);
    JsonArray blocks = q.getAsJsonArray("blocks");
    String writer = text(q, "writer");
    List<Long> ids = new ArrayList<>();
    if (writer.equals("buffered")) {
      try (RecordWriter out = session.openBufferedWriter(compression(q))) {
        ((TunnelBufferedWriter) out).setBufferSize(1024 * 1024);
        for (JsonElement rows : blocks) {
          write(out, session, rows.getAsJsonArray());
        }
      }
      for (Long id : session.getBlockList()) {
        ids.add(id);
      }
    } else {
      for (int id = 0; id < blocks.size(); id++) {
        if (writer.equals("records")) {
          try (RecordWriter out = session.openRecordWriter(id, compression(q))) {
            write(out, session, blocks.get(id).getAsJsonArray());
          }
        } else if (writer.equals("arrow")) {
          writeArrow(session, id, compression(q), blocks.get(id).getAsJsonArray());
        } else {
          throw new UnsupportedOperationException("unsupported: this client has no " + writer + " writer");
        }
        ids.add((long) id);
      }
    }
    JsonArray listed = new JsonArray();
    for (Long id : session.getBlockList()) {
      listed.add(id);
    }
    session.commit(ids.toArray(new Long[0]));
    JsonObject answer = new JsonObject();
    answer.addProperty("blocks", ids.size());
    answer.add("listed", listed);
    answer.addProperty("status", session.getStatus().name());
    return answer;
  }

  private static void write(RecordWriter out, TableTunnel.UploadSession session, JsonArray rows) throws Exception {
    for (JsonElement row : rows) {
      Record record = session.newRecord();
      Values.fill(record, row.getAsJsonArray());
      out.write(record);
    }
  }

  private static void writeArrow(TableTunnel.UploadSession session, long id, CompressOption how, JsonArray rows)
      throws Exception {
    try (RootAllocator memory = new RootAllocator();
        VectorSchemaRoot batch = VectorSchemaRoot.create(session.getArrowSchema(), memory);
        ArrowRecordWriter out = session.openArrowRecordWriter(id, how)) {
      ArrowValues.fill(batch, rows, session.getSchema().getColumns());
      out.write(batch);
    }
  }

  private JsonObject commitWrongList(JsonObject q) throws Exception {
    TableTunnel.UploadSession session = session(q);
    try (RecordWriter out = session.openRecordWriter(0)) {
      write(out, session, q.getAsJsonArray("rows"));
    }
    session.commit(new Long[] {0L, 1L});
    return new JsonObject();
  }

  private JsonObject download(JsonObject q) throws Exception {
    String in = text(q, "schema") != null ? text(q, "schema") : schema;
    String partition = text(q, "partition");
    TableTunnel.DownloadSession session = partition == null
        ? tunnel.createDownloadSession(project, in, text(q, "table"), false)
        : tunnel.createDownloadSession(project, in, text(q, "table"), new PartitionSpec(partition), false);
    List<Column> columns = session.getSchema().getColumns();
    List<Column> wanted = columns;
    if (q.has("columns")) {
      wanted = new ArrayList<>();
      for (JsonElement name : q.getAsJsonArray("columns")) {
        wanted.add(session.getSchema().getColumn(name.getAsString()));
      }
    }
    long start = q.has("start") ? q.get("start").getAsLong() : 0;
    long count = q.has("count") ? q.get("count").getAsLong() : session.getRecordCount();
    JsonObject answer = new JsonObject();
    answer.addProperty("count", session.getRecordCount());
    if (text(q, "format").equals("records")) {
      RecordReader reader = session.openRecordReader(start, count, compression(q), q.has("columns") ? wanted : null);
      answer.add("rows", read(reader, wanted));
    } else {
      try (RootAllocator memory = new RootAllocator();
          ArrowRecordReader reader = session.openArrowRecordReader(start, count, wanted, memory, compression(q))) {
        JsonArray rows = new JsonArray();
        for (VectorSchemaRoot batch = reader.read(); batch != null; batch = reader.read()) {
          ArrowValues.append(rows, batch, wanted);
          // Each batch is a root of its own, and the allocator counts.
          batch.close();
        }
        answer.add("rows", rows);
      }
    }
    return answer;
  }

  private static JsonArray read(RecordReader reader, List<Column> columns) throws Exception {
    JsonArray rows = new JsonArray();
    for (Record record = reader.read(); record != null; record = reader.read()) {
      rows.add(Values.row(record, columns));
    }
    reader.close();
    return rows;
  }

  private JsonObject stream(JsonObject q) throws Exception {
    TableTunnel.StreamUploadSession.Builder builder = tunnel.buildStreamUploadSession(project, text(q, "table"));
    if (text(q, "partition") != null) {
      builder = builder.setPartitionSpec(text(q, "partition")).setCreatePartition(flag(q, "createPartition"));
    }
    TableTunnel.StreamUploadSession session = builder.build();
    for (JsonElement rows : q.getAsJsonArray("blocks")) {
      TableTunnel.StreamRecordPack pack = session.newRecordPack(compression(q));
      for (JsonElement row : rows.getAsJsonArray()) {
        Record record = session.newRecord();
        Values.fill(record, row.getAsJsonArray());
        pack.append(record);
      }
      pack.flush();
    }
    session.close();
    return new JsonObject();
  }

  private JsonObject upsert(JsonObject q) throws Exception {
    TableTunnel.UpsertSession.Builder builder = tunnel.buildUpsertSession(project, text(q, "table"));
    if (text(q, "partition") != null) {
      builder = builder.setPartitionSpec(text(q, "partition"));
    }
    TableTunnel.UpsertSession session = builder.build();
    JsonObject answer = new JsonObject();
    try (UpsertStream out = session.buildUpsertStream().build()) {
      for (String verb : new String[] {"upserts", "deletes"}) {
        if (!q.has(verb)) {
          continue;
        }
        for (JsonElement row : q.getAsJsonArray(verb)) {
          Record record = session.newRecord();
          Values.fill(record, row.getAsJsonArray());
          if (verb.equals("upserts")) {
            out.upsert(record);
          } else {
            out.delete(record);
          }
        }
      }
      out.flush();
    }
    if (flag(q, "abort")) {
      session.abort();
    } else {
      session.commit(false);
    }
    answer.addProperty("status", session.getStatus());
    session.close();
    return answer;
  }

  private JsonObject preview(JsonObject q) throws Exception {
    JsonArray rows = new JsonArray();
    String in = schema == null ? "default" : schema;
    try (org.apache.arrow.vector.ipc.ArrowStreamReader reader =
        tunnel.preview(project, in, text(q, "table"), text(q, "partition"), q.get("limit").getAsLong())) {
      List<Column> columns = table(text(q, "table")).getSchema().getColumns();
      while (reader.loadNextBatch()) {
        ArrowValues.append(rows, reader.getVectorSchemaRoot(), columns);
      }
    }
    JsonObject answer = new JsonObject();
    answer.add("rows", rows);
    return answer;
  }
}
